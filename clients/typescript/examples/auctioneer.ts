// An auctioneer in forty lines: sells one lot after the other to whoever bids.
//   node dist/examples/auctioneer.js [SECONDS]
import { StreamManager } from "../src/index.js";

const manager = new StreamManager({ client: "auctioneer" });
const show = await manager.connect();
const lots = [{ name: "Sunrise #7", price: 1.5 }, { name: "Blue Hour #2", price: 0.8 }];

const text = (id: string, y: number, content: string) => ({
  createLayer: {
    layer: {
      id, type: "overlay" as const, transform: { position: { x: 120, y } },
      content: { type: "text" as const, content, style: { fontSize: 64, color: "gold" } },
    },
  },
});
await show.command({ batch: { commands: [text("lot", 820, " "), text("price", 920, " ")] } }, { key: "stage" });
const say = (id: string, content: string) => show.command({ updateLayer: { id, patch: { content: { content } } } });

// Whoever wants to bid sets data: PATCH /api/v1/data {"bid": {"from": "ann", "eth": 1.7}}
type Bid = { from: string; eth: number };
const bids: Bid[] = [];
show.listen((message) => {
  if (message.type !== "event" || message.event.type !== "dataChanged") return;
  if (message.event.patch["bid"]) bids.push(message.event.patch["bid"] as Bid);
});

for (const lot of lots) {
  await say("lot", lot.name);
  await say("price", `${lot.price} ETH`);
  let best: Bid = { from: "nobody", eth: lot.price };
  for (let seconds = 0; seconds < Number(process.argv[2] ?? 10); seconds++) {
    await new Promise((passed) => setTimeout(passed, 1000));
    const higher = bids.splice(0).sort((a, b) => b.eth - a.eth)[0];
    if (!higher || higher.eth <= best.eth) continue;
    best = higher;
    await say("price", `${best.eth} ETH from ${best.from}`);
  }
  await say("price", best.from === "nobody" ? "Not sold" : `Sold to ${best.from} for ${best.eth} ETH`);
}
show.close();
