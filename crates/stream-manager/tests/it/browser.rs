//! Chromium, for tests.

use crate::service::{Socket, eventually};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Chromium, without a window, steered by its DevTools protocol.
pub struct Browser {
    child: Child,
    page: Socket,
    calls: u64,
}

impl Browser {
    pub fn open(folder: &Path, url: &str) -> Self {
        let child = Command::new("chromium")
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .args(["--remote-debugging-port=0", "--remote-allow-origins=*", "--window-size=1500,950"])
            .args(["--force-color-profile=srgb", "--force-device-scale-factor=1"])
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

    pub fn call(&mut self, method: &str, params: Value) -> Value {
        self.calls += 1;
        let id = self.calls;
        self.page.send(json!({"id": id, "method": method, "params": params}));
        self.page.expect(method, |m| (m["id"] == id).then(|| m["result"].clone()))
    }

    pub fn evaluate(&mut self, expression: &str) -> Value {
        let result = self
            .call("Runtime.evaluate", json!({"expression": expression, "returnByValue": true, "awaitPromise": true}));
        result["result"]["value"].clone()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
