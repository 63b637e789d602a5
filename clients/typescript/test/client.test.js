// Against a service that runs: STREAM_MANAGER_URL and STREAM_MANAGER_WS_URL say where.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { beforeEach, test } from "node:test";
import { Refused, StreamManager } from "../dist/src/index.js";

const manager = new StreamManager({ client: "node" });
const text = (id) => ({ id, type: "overlay", content: { type: "text", content: id } });

beforeEach(async () => {
  await manager.rest.PUT("/api/v1/show", { body: {} });
});

test("REST is typed and says what is wrong", async () => {
  const made = await manager.rest.POST("/api/v1/layers", { body: text("a") });
  assert.equal(made.data.id, "a");
  const { error, response } = await manager.rest.PATCH("/api/v1/layers/{id}", {
    params: { path: { id: "a" } },
    body: { opacity: 7 },
  });
  assert.deepEqual([response.status, error.field], [422, "opacity"]);
});

test("commands are answered, and heard by others", async () => {
  const [ours, others] = [await manager.connect(), await manager.connect()];
  const heard = new Promise((fulfil) => others.listen((message) => message.type === "event" && fulfil(message)));
  const answer = await ours.command({ createLayer: { layer: text("a") } });
  const event = await heard;
  assert.equal(event.sequence, answer.sequence);
  assert.deepEqual([event.by, event.event.layer.id], ["node", "a"]);
  await assert.rejects(ours.command({ updateLayer: { id: "a", patch: { opacity: 7 } } }), (error) => {
    assert.ok(error instanceof Refused);
    return error.problem.field.endsWith("opacity");
  });
  ours.close();
  others.close();
});

test("many at once are all answered, each once", async () => {
  const show = await manager.connect();
  const commands = Array.from({ length: 64 }, (_, i) => show.command({ createLayer: { layer: text(`l${i % 32}`) } }, { key: `k${i % 32}` }));
  const answers = await Promise.all(commands);
  assert.equal(new Set(answers.map((answer) => answer.sequence)).size, 32);
  show.close();
});

test("a connection that is lost comes again, and misses nothing", async () => {
  const [show, others] = [await manager.connect(), await manager.connect()];
  const heard = [];
  show.listen((message) => message.type === "event" && heard.push(message.event.layer?.id));
  const events = show.events();
  await show.command({ createLayer: { layer: text("a") } });
  show.drop();
  await others.command({ createLayer: { layer: text("b") } });
  await show.command({ createLayer: { layer: text("c") } });
  for await (const event of events) if (event.event.layer?.id === "c") break;
  assert.deepEqual(heard, ["a", "b", "c"]);
  show.close();
  others.close();
});

test("the example sells", { timeout: 60_000 }, async () => {
  const show = await manager.connect();
  const said = [];
  show.listen((message) => {
    if (message.type === "event" && message.event.layer?.id === "price") said.push(message.event.layer.content.content);
    const starts = message.type === "event" && message.event.layer?.content?.content === "Sunrise #7";
    if (starts) void manager.rest.PATCH("/api/v1/data", { body: { bid: { from: "ann", eth: 1.7 } } });
  });
  await new Promise((done, failed) =>
    execFile(process.execPath, ["dist/examples/auctioneer.js", "2"], (error) => (error ? failed(error) : done())),
  );
  assert.ok(said.includes("Sold to ann for 1.7 ETH"), said.join());
  assert.equal(said.at(-1), "Not sold");
  show.close();
});
