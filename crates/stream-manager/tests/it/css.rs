//! The same layers drawn by this project and by Chromium, which has CSS's own blend modes, filters,
//! masks and clips. Colours differ by 2 of 255 at most; where edges or blurs are made otherwise, a
//! page says how many channels may be further off, and by how much.

use crate::browser::Browser;
use base64::Engine;
use engine::{Assets, draw_list};
use raster::{Fonts, Studio};
use scene::{BlendMode, Command, Limits, Show, ShowTime};
use serde_json::{Value, json};
use std::sync::Arc;

const W: u32 = 160;
const H: u32 = 120;

/// A page, and what may be off: up to 2 always; `share` of the channels by up to `most`.
struct Page {
    name: String,
    html: String,
    layers: Vec<Value>,
    share: f64,
    most: u8,
}

struct Pictures {
    photo: String,
    leaf: String,
    pixels: String,
}

fn png(w: u32, h: u32, pixel: impl Fn(f64, f64) -> [f64; 4]) -> String {
    let image = image::RgbaImage::from_fn(w, h, |x, y| {
        let color = pixel((f64::from(x) + 0.5) / f64::from(w), (f64::from(y) + 0.5) / f64::from(h));
        image::Rgba(color.map(|c| (c.clamp(0.0, 1.0) * 255.0).round() as u8))
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    format!("data:image/png;base64,{}", base64::engine::general_purpose::STANDARD.encode(bytes.into_inner()))
}

fn pictures() -> Pictures {
    Pictures {
        photo: png(W, H, |u, v| [u, v, 0.5 + 0.5 * (u * 9.0 + v * 5.0).sin(), 1.0]),
        leaf: png(80, 80, |u, v| {
            let (x, y) = (u - 0.5, v - 0.5);
            let (r, angle) = (x.hypot(y) * 2.0, y.atan2(x));
            let hue = |shift: f64| 0.5 + 0.5 * (angle + shift).cos();
            [hue(0.0), hue(-2.1), hue(2.1), ((0.95 - r) * 3.0).clamp(0.0, 1.0)]
        }),
        pixels: png(12, 11, |u, v| {
            let on = ((u * 12.0) as i32 + (v * 11.0) as i32) % 3 != 0;
            if on { [u, 0.7, v, 1.0] } else { [0.0; 4] }
        }),
    }
}

fn image(url: &str, x: f64, y: f64) -> Value {
    json!({"type": "visualFeed", "transform": {"position": {"x": x, "y": y}}, "content": {"imageUrl": url}})
}

fn img(url: &str, x: f64, y: f64, style: &str) -> String {
    format!(r#"<img src="{url}" style="position:absolute;left:{x}px;top:{y}px;{style}">"#)
}

fn with(mut layer: Value, more: Value) -> Value {
    for (key, value) in more.as_object().unwrap() {
        match (layer.get_mut(key), value) {
            (Some(Value::Object(_)), Value::Object(_)) => layer[key] = with(layer[key].clone(), value.clone()),
            _ => layer[key] = value.clone(),
        }
    }
    layer
}

fn pages(p: &Pictures) -> Vec<Page> {
    let mut pages = Vec::new();
    let photo = || (img(&p.photo, 0.0, 0.0, ""), image(&p.photo, 0.0, 0.0));
    // The leaf over the photo, with a style on both sides.
    let mut leaf = |name: String, style: &str, more: Value, share: f64, most: u8| {
        let (below, layer) = photo();
        pages.push(Page {
            name,
            html: below + &img(&p.leaf, 40.0, 20.0, style),
            layers: vec![layer, with(image(&p.leaf, 40.0, 20.0), more)],
            share,
            most,
        });
    };
    for mode in BlendMode::ALL {
        let name = mode.name();
        leaf(format!("blend {name}"), &format!("mix-blend-mode:{name}"), json!({"blendMode": name}), 0.0, 0);
    }
    leaf("opacity".into(), "opacity:0.4", json!({"opacity": 0.4}), 0.0, 0);
    let both = "opacity:0.6;mix-blend-mode:difference";
    leaf("opacity and blend".into(), both, json!({"opacity": 0.6, "blendMode": "difference"}), 0.003, 3);
    for (css, filter, most) in [
        ("brightness(1.5)", json!({"type": "brightness", "amount": 1.5}), 0),
        ("contrast(1.8)", json!({"type": "contrast", "amount": 1.8}), 0),
        ("saturate(0.3)", json!({"type": "saturation", "amount": 0.3}), 0),
        ("saturate(2.5)", json!({"type": "saturation", "amount": 2.5}), 0),
        ("hue-rotate(140deg)", json!({"type": "hue", "angle": 140}), 0),
        ("invert(0.8)", json!({"type": "invert", "amount": 0.8}), 0),
        ("sepia(0.7)", json!({"type": "sepia", "amount": 0.7}), 0),
        ("grayscale(1)", json!({"type": "saturation", "amount": 0}), 0),
        ("blur(1.5px)", json!({"type": "blur", "radius": 1.5}), 0),
        ("blur(4px)", json!({"type": "blur", "radius": 4}), 6),
        ("blur(12px)", json!({"type": "blur", "radius": 12}), 8),
        (
            "drop-shadow(6px 5px 3px #102030)",
            json!({"type": "dropShadow", "x": 6, "y": 5, "radius": 3, "color": "#102030"}),
            6,
        ),
    ] {
        leaf(
            format!("filter {css}"),
            &format!("filter:{css}"),
            json!({"filters": [filter]}),
            if most > 0 { 0.03 } else { 0.0 },
            most,
        );
    }
    let chain = json!({"filters": [{"type": "hue", "angle": 90}, {"type": "brightness", "amount": 0.7}]});
    leaf("filters in a chain".into(), "filter:hue-rotate(90deg) brightness(0.7)", chain, 0.0, 0);

    // The photo, cut.
    let mut cut = |name: &str, style: &str, more: Value, share: f64, most: u8| {
        let html = img(&p.photo, 0.0, 0.0, style);
        pages.push(Page { name: name.into(), html, layers: vec![with(image(&p.photo, 0.0, 0.0), more)], share, most });
    };
    let rect = json!({"clip": {"type": "rect", "x": 20, "y": 15, "width": 100, "height": 80}});
    cut("clip-path inset", "clip-path:inset(15px 40px 25px 20px)", rect, 0.0, 0);
    let round = json!({"clip": {"type": "rect", "x": 20, "y": 15, "width": 100, "height": 80, "radius": 24}});
    cut("clip-path inset round", "clip-path:inset(15px 40px 25px 20px round 24px)", round, 0.01, 40);
    let star = "M80 5 L100 40 L150 45 L110 70 L125 115 L80 88 L35 115 L50 70 L10 45 L60 40 Z";
    let path = json!({"clip": {"type": "path", "path": star}});
    cut("clip-path path", &format!("clip-path:path('{star}')"), path, 0.02, 40);
    let alpha = json!({"mask": {"source": {"type": "image", "url": p.leaf}}});
    let url = &p.leaf;
    let style = format!("mask-image:url({url});mask-size:100% 100%;mask-repeat:no-repeat");
    cut("mask alpha", &style, alpha, 0.001, 3);
    let luminance = json!({"mask": {"source": {"type": "image", "url": p.photo}, "mode": "luminance"}});
    let url = &p.photo;
    cut("mask luminance", &format!("mask-image:url({url});mask-mode:luminance"), luminance, 0.0, 0);
    let turned = json!({"transform": {"position": {"x": 80, "y": 60}, "anchor": {"x": 0.5, "y": 0.5}, "rotation": 30, "scale": {"x": 0.6, "y": 0.6}}});
    cut("turned and scaled", "transform:rotate(30deg) scale(0.6)", turned, 0.03, 60);

    let (below, layer) = photo();
    let group = |more: Value| with(json!({"id": "g", "type": "group"}), more);
    let inner = |blend: &str| {
        vec![
            with(image(&p.leaf, 20.0, 10.0), json!({"parent": "g"})),
            with(image(&p.leaf, 55.0, 25.0), json!({"parent": "g", "blendMode": blend})),
        ]
    };
    let div = |style: &str, blend: &str| {
        format!(
            r#"{below}<div style="position:absolute;inset:0;{style}">{}{}</div>"#,
            img(&p.leaf, 20.0, 10.0, ""),
            img(&p.leaf, 55.0, 25.0, &format!("mix-blend-mode:{blend}"))
        )
    };
    for (name, style, blend, more) in [
        ("group opacity", "opacity:0.5", "normal", json!({"opacity": 0.5})),
        ("group isolated", "isolation:isolate", "multiply", json!({})),
        ("group not isolated", "", "multiply", json!({"content": {"isolated": false}})),
        ("group blend", "mix-blend-mode:screen", "exclusion", json!({"blendMode": "screen"})),
        (
            "group opacity and blend",
            "opacity:0.7;mix-blend-mode:hard-light",
            "lighten",
            json!({"opacity": 0.7, "blendMode": "hard-light"}),
        ),
        ("group filter", "filter:hue-rotate(60deg)", "normal", json!({"filters": [{"type": "hue", "angle": 60}]})),
    ] {
        let mut layers = vec![layer.clone(), group(more)];
        layers.extend(inner(blend));
        // Three blends, each rounded to 8 bits by both in its own way.
        let share = 0.001;
        pages.push(Page { name: name.into(), html: div(style, blend), layers, share, most: 3 });
    }
    pages.push(Page {
        name: "pixel art".into(),
        html: img(&p.pixels, 10.0, 10.0, "width:96px;height:88px;image-rendering:pixelated"),
        layers: vec![
            json!({"type": "overlay", "transform": {"position": {"x": 10, "y": 10}, "scale": {"x": 8, "y": 8}},
            "content": {"type": "image", "content": p.pixels, "style": {"sampling": "nearest"}}}),
        ],
        share: 0.0,
        most: 0,
    });
    pages.push(Page {
        name: "gradient".into(),
        html: r#"<div style="position:absolute;left:10px;top:10px;width:140px;height:100px;background:linear-gradient(90deg,#f40,#04f)"></div>"#.into(),
        layers: vec![json!({"type": "overlay", "transform": {"position": {"x": 10, "y": 10}},
            "content": {"type": "shape", "content": "rect", "style": {"width": 140, "height": 100,
                "fill": {"gradient": "linear", "stops": [{"offset": 0, "color": "#f40"}, {"offset": 1, "color": "#04f"}]}}}})],
        share: 0.0,
        most: 0,
    });
    pages
}

fn drawn(page: &Page) -> Vec<u8> {
    let file = json!({"canvas": {"width": W, "height": H}, "background": "#30343c", "layers": page.layers});
    let mut show = Show::default();
    let file = scene::read(file).unwrap_or_else(|e| panic!("{}: {e}", page.name));
    show.apply(Command::LoadShow { show: file }, ShowTime::ZERO, &Limits::default()).unwrap();
    let assets = Assets::patient(vec![], Arc::new(Studio::new(Fonts::bundled_only(), 64 << 20)));
    render::paint(&draw_list(&show.at(ShowTime::ZERO), &assets, W, H), W, H)
}

#[test]
fn chromium_draws_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let mut browser = Browser::open(dir.path(), "about:blank");
    let pages = pages(&pictures());
    assert!(pages.len() >= 30, "{} pages", pages.len());
    let mut wrong = Vec::new();
    for page in &pages {
        let body = format!(
            "<div style='position:absolute;left:0;top:0;width:{W}px;height:{H}px;background:#30343c;isolation:isolate;overflow:hidden'>{}</div>",
            page.html
        );
        let body = serde_json::to_string(&body).unwrap();
        browser.evaluate(&format!(
            "document.body.innerHTML = {body}; Promise.all([...document.images].map((i) => i.decode()))
                .then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))).then(() => 1)"
        ));
        let shot = browser.call(
            "Page.captureScreenshot",
            json!({"format": "png", "clip": {"x": 0, "y": 0, "width": W, "height": H, "scale": 1}}),
        );
        let bytes = base64::engine::general_purpose::STANDARD.decode(shot["data"].as_str().unwrap()).unwrap();
        let theirs = image::load_from_memory(&bytes).unwrap().into_rgba8();
        assert_eq!(theirs.dimensions(), (W, H));
        let ours = drawn(page);
        let off: Vec<u8> = ours.iter().zip(theirs.as_raw()).map(|(a, b)| a.abs_diff(*b)).collect();
        let (far, most) = (off.iter().filter(|o| **o > 2).count(), off.iter().max().copied().unwrap_or_default());
        let share = far as f64 / off.len() as f64;
        if std::env::var_os("SHOW_DIFFERENCES").is_some() {
            println!("{:<28} {share:.4} of the channels off by more than 2, {most} at most", page.name);
        }
        if share > page.share || most > page.most.max(2) {
            wrong.push(format!(
                "{}: {share:.4} of the channels are off by more than 2 ({} are allowed), by {most} at most ({})",
                page.name,
                page.share,
                page.most.max(2)
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
