//! The control room in a real browser.

use crate::browser::Browser;
use crate::service::{Setup, eventually};

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
    let layers = service.get("/api/v1/layers").as_array().unwrap().len();
    eventually("the layers are listed", || {
        let count = browser.evaluate("document.querySelectorAll('#layers li').length");
        (count == layers).then_some(())
    });
    browser.evaluate(hide);
    eventually("the layer is hidden", || (service.get("/api/v1/layers/host")["visible"] == false).then_some(()));
    eventually("the meters move", || {
        let widths = browser.evaluate("document.querySelectorAll('#meters .rms')[4]?.style.width");
        (widths.as_str()?.trim_end_matches('%').parse::<f64>().ok()? > 10.0).then_some(())
    });
    browser.evaluate("document.getElementById('slate').click()");
    eventually("the slate is on air", || (service.get("/api/v1/slate")["on"] == true).then_some(()));
    eventually("the page says so", || {
        (browser.evaluate("document.getElementById('slate').textContent") == "Slate off").then_some(())
    });
    browser.evaluate("document.getElementById('slate').click()");
    eventually("the slate is gone", || (service.get("/api/v1/slate")["on"] == false).then_some(()));
    service.post("/api/v1/destinations", serde_json::json!({"id": "tape", "url": "file:tape.mp4"}));
    service.post("/api/v1/stream/start", serde_json::json!({}));
    eventually("the page tells of the recording", || {
        let told = browser.evaluate("document.getElementById('notices').textContent");
        told.as_str()?.contains("tape: live").then_some(())
    });
    eventually("the page says on air", || {
        (browser.evaluate("document.getElementById('on-air').textContent") == "on air").then_some(())
    });
}
