"""An auctioneer in forty lines: sells one lot after the other to whoever bids.

    python examples/auctioneer.py [SECONDS]
"""

import sys
import time

from stream_manager import StreamManager

LOTS = [("Sunrise #7", 1.5), ("Blue Hour #2", 0.8)]


def text(id: str, y: int) -> dict:
    style = {"fontSize": 64, "color": "gold"}
    place = {"position": {"x": 120, "y": y}}
    layer = {"id": id, "type": "overlay", "transform": place, "content": {"type": "text", "content": " ", "style": style}}
    return {"createLayer": {"layer": layer}}


def auction(show: StreamManager, seconds: int) -> None:
    say = lambda id, words: show.patch(f"/layers/{id}", {"content": {"content": words}})
    show.post("/batch", {"commands": [text("lot", 820), text("price", 920)]}, key="stage")
    for name, price in LOTS:
        say("lot", name)
        say("price", f"{price} ETH")
        best, winner = price, None
        for _ in range(seconds):
            time.sleep(1)
            # Whoever wants to bid sets data: PATCH /api/v1/data {"bid": {"from": "ann", "eth": 1.7, "lot": "Sunrise #7"}}
            bid = show.get("/data").get("bid") or {}
            if bid.get("lot") == name and bid["eth"] > best:
                best, winner = bid["eth"], bid["from"]
                say("price", f"{best} ETH from {winner}")
        say("price", f"Sold to {winner} for {best} ETH" if winner else "Not sold")


if __name__ == "__main__":
    with StreamManager(client="auctioneer") as show:
        auction(show, int(sys.argv[1]) if len(sys.argv) > 1 else 10)
