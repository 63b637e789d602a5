// The description of the WebSocket's protocol is what the AsyncAPI initiative says that one is; and messages are as it says.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { StreamManager } from "../dist/src/index.js";

const require = createRequire(import.meta.url);
const Ajv = require("ajv").default;
const describe = async () => (await fetch(`${process.env.STREAM_MANAGER_URL}/api/v1/asyncapi.json`)).json();

test("the description is valid AsyncAPI 3.0", { timeout: 30_000 }, async () => {
  // It brings the schema of schemas itself.
  const ajv = new Ajv({ strict: false, validateFormats: false, meta: false, validateSchema: false });
  const validate = ajv.compile(require("@asyncapi/specs/schemas/3.0.0.json"));
  assert.ok(validate(await describe()), JSON.stringify(validate.errors?.slice(0, 5)));
});

test("what the service says is as it is described", { timeout: 30_000 }, async () => {
  const { components } = await describe();
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  const validate = ajv.compile({ $ref: "#/components/schemas/Message", components });
  const show = await new StreamManager({ client: "reader" }).connect();
  const heard = [];
  show.listen((message) => heard.push(message));
  await show.subscribe("layers", "animation", "sound", "data", "stream", "status", "notices", "meters");
  const layer = { id: "x", type: "overlay", content: { type: "text", content: "x" } };
  const fade = { targetLayerId: "x", property: "opacity", startValue: 0, endValue: 1, duration: 0.2 };
  await show.command({ batch: { commands: [{ createLayer: { layer } }, { animate: { timeline: { animations: [fade] } } }] } });
  await show.command({ setData: { patch: { lot: 7 } } });
  await assert.rejects(show.command({ deleteLayer: { id: "nobody" } }));
  const kinds = ["event", "answer", "status", "meters"];
  while (!kinds.every((kind) => heard.some((message) => message.type === kind))) {
    await new Promise((passed) => setTimeout(passed, 50));
  }
  show.close();
  for (const message of heard) {
    // Of all that no alternative allows, what is deepest says the most.
    const wrong = () => validate.errors.sort((a, b) => b.instancePath.length - a.instancePath.length).slice(0, 3);
    if (!validate(message)) assert.fail(JSON.stringify([wrong(), message]));
  }
});
