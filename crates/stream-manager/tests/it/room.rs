//! The control room in a real browser.

use crate::service::{Setup, Socket, eventually};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Chromium, without a window, steered by its DevTools protocol.
struct Browser {
    child: Child,
    page: Socket,
    calls: u64,
}

impl Browser {
    fn open(folder: &Path, url: &str) -> Self {
        let child = Command::new("chromium")
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .args(["--remote-debugging-port=0", "--remote-allow-origins=*", "--window-size=1500,950"])
            .arg(format!("--user-data-dir={}", folder.display()))
            .arg(url)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let port = eventually("Chromium tells its port", || {
            std::fs::read_to_string(folder.join("DevToolsActivePort")).ok()?.lines().next().map(str::to_owned)
        });
        let address = eventually("there is a page", || {
            let list = ureq::get(format!("http://127.0.0.1:{port}/json/list"))
                .call()
                .ok()?
                .body_mut()
                .read_to_string()
                .ok()?;
            let pages: Value = serde_json::from_str(&list).ok()?;
            let page = pages.as_array()?.iter().find(|p| p["type"] == "page")?;
            page["webSocketDebuggerUrl"].as_str().map(str::to_owned)
        });
        let (page, _) = tungstenite::connect(address).unwrap();
        Self { child, page: Socket(page), calls: 0 }
    }

    fn call(&mut self, method: &str, params: Value) -> Value {
        self.calls += 1;
        let id = self.calls;
        self.page.send(json!({"id": id, "method": method, "params": params}));
        self.page.expect(method, |m| (m["id"] == id).then(|| m["result"].clone()))
    }

    fn evaluate(&mut self, expression: &str) -> Value {
        let result = self.call("Runtime.evaluate", json!({"expression": expression, "returnByValue": true}));
        result["result"]["value"].clone()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_picture_plays_and_layers_can_be_hidden() {
    let dir = tempfile::tempdir().unwrap();
    let service = Setup::new(dir.path()).argument("--demo").start();
    let mut browser = Browser::open(&dir.path().join("browser"), &service.url("/"));
    eventually("the picture plays", || {
        let played = browser.evaluate("document.getElementById('video').getVideoPlaybackQuality().totalVideoFrames");
        (played.as_f64()? > 30.0).then_some(())
    });
    assert_eq!(browser.evaluate("document.getElementById('video').videoWidth"), 640);
    // The picture that the browser shows has the show in it.
    let colours = browser.evaluate(
        "(() => { const c = document.createElement('canvas'); c.width = 64; c.height = 36; const g = c.getContext('2d');
           g.drawImage(document.getElementById('video'), 0, 0, 64, 36);
           return new Set(new Uint32Array(g.getImageData(0, 0, 64, 36).data.buffer)).size; })()",
    );
    assert!(colours.as_f64().unwrap() > 200.0, "{colours} colours");

    let hide = "[...document.querySelectorAll('#layers li')].find((l) => l.querySelector('.name').firstChild.data === 'host').querySelector('button').click()";
    eventually("the layers are listed", || {
        let count = browser.evaluate("document.querySelectorAll('#layers li').length");
        (count == 11).then_some(())
    });
    browser.evaluate(hide);
    eventually("the layer is hidden", || (service.get("/api/v1/layers/host")["visible"] == false).then_some(()));
    eventually("the page says on air", || {
        (browser.evaluate("document.getElementById('on-air').textContent") == "on air").then_some(())
    });
}
