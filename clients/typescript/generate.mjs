// Writes the types of REST and of the WebSocket from the descriptions that a running service gives:
//   npm run generate -- http://127.0.0.1:4200 [FOLDER]
import { writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const [url = "http://127.0.0.1:4200", folder = "src"] = process.argv.slice(2);
const describe = async (name) => (await fetch(`${url}/api/v1/${name}.json`)).json();
const asyncapi = await describe("asyncapi");
const schemas = { openapi: "3.1.0", info: asyncapi.info, paths: {}, components: { schemas: asyncapi.components.schemas } };
for (const [name, document] of [["rest", await describe("openapi")], ["protocol", schemas]]) {
  const types = astToString(await openapiTS(document, { defaultNonNullable: false }));
  await writeFile(`${folder}/${name}.ts`, `// Made by generate.mjs; see there.\n${types}`);
}
