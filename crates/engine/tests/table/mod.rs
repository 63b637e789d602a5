//! The scenes: a name, when, and the layers.

use scene::BlendMode;
use serde_json::{Value, json};
use std::path::Path;

pub const WIDTH: u32 = 160;
pub const HEIGHT: u32 = 120;

pub struct Scene {
    pub name: &'static str,
    /// Seconds.
    pub at: f64,
    layers: Vec<Value>,
}

impl Scene {
    /// The scene as a show file.
    pub fn show(&self) -> Value {
        json!({"canvas": {"width": WIDTH, "height": HEIGHT}, "background": "#30343c", "layers": self.layers})
    }
}

/// A layer of that picture at a place, with further members.
fn image(file: &str, x: f64, y: f64, more: Value) -> Value {
    with(
        json!({"type": "visualFeed", "transform": {"position": {"x": x, "y": y}}, "content": {"imageUrl": file}}),
        more,
    )
}

fn text(content: &str, x: f64, y: f64, style: Value) -> Value {
    json!({"type": "overlay", "transform": {"position": {"x": x, "y": y}},
        "content": {"type": "text", "content": content, "style": style}})
}

fn shape(kind: &str, x: f64, y: f64, style: Value) -> Value {
    json!({"type": "overlay", "transform": {"position": {"x": x, "y": y}},
        "content": {"type": "shape", "content": kind, "style": style}})
}

/// Members of `more` put into `layer`, objects into objects.
fn with(mut layer: Value, more: Value) -> Value {
    if let (Value::Object(target), Value::Object(members)) = (&mut layer, more) {
        for (key, value) in members {
            match target.remove(&key) {
                Some(inner @ Value::Object(_)) if value.is_object() => drop(target.insert(key, with(inner, value))),
                _ => drop(target.insert(key, value)),
            }
        }
    }
    layer
}

const STAR: &str = "M40 2 L50 29 L79 29 L56 47 L65 75 L40 58 L15 75 L24 47 L1 29 L30 29 Z";

pub fn scenes() -> Vec<Scene> {
    let mut scenes = Vec::new();
    let mut add = |name: &'static str, layers: Vec<Value>| scenes.push(Scene { name, at: 0.0, layers });
    let photo = || image("photo.png", 0.0, 0.0, json!({}));
    let leaf = |more: Value| image("leaf.png", 40.0, 20.0, more);

    // Compositing.
    for mode in BlendMode::ALL {
        let name: &'static str = Box::leak(format!("blend-{}", mode.name()).into_boxed_str());
        add(name, vec![photo(), leaf(json!({"blendMode": mode.name()}))]);
    }
    let pair = |more: Value| {
        vec![
            photo(),
            with(json!({"id": "g", "type": "group"}), more),
            with(
                shape("ellipse", 25.0, 20.0, json!({"width": 70, "height": 70, "fill": "#e33"})),
                json!({"parent": "g", "blendMode": "multiply"}),
            ),
            with(
                shape("ellipse", 65.0, 30.0, json!({"width": 70, "height": 70, "fill": "#3ae"})),
                json!({"parent": "g", "blendMode": "screen", "opacity": 0.8}),
            ),
        ]
    };
    add("group-isolated", pair(json!({})));
    add("group-not-isolated", pair(json!({"content": {"isolated": false}})));
    add("group-knockout", pair(json!({"content": {"knockout": true}})));
    add("group-knockout-not-isolated", pair(json!({"content": {"knockout": true, "isolated": false}})));
    add(
        "group-knockout-filtered",
        pair(json!({"content": {"knockout": true}, "filters": [{"type": "dropShadow", "x": 4, "y": 4, "radius": 3}]})),
    );
    add("group-opacity", pair(json!({"opacity": 0.5})));
    add("group-not-isolated-opacity", pair(json!({"opacity": 0.5, "content": {"isolated": false}})));
    add("group-blend", pair(json!({"blendMode": "difference"})));
    add(
        "group-turned",
        pair(json!({"transform": {"rotation": 20, "scale": {"x": 0.7, "y": 0.7}, "position": {"x": 60, "y": 5}}})),
    );
    add("group-nested", {
        let mut layers = pair(json!({"transform": {"position": {"x": -10, "y": 10}}, "parent": "outer"}));
        layers.push(json!({"id": "outer", "type": "group", "transform": {"rotation": -15, "position": {"x": 0, "y": 30}}, "opacity": 0.8}));
        layers
    });
    add("opacity", vec![photo(), leaf(json!({"opacity": 0.4}))]);

    // Clips and masks.
    add(
        "clip-rect",
        vec![image(
            "photo.png",
            0.0,
            0.0,
            json!({"clip": {"type": "rect", "x": 20, "y": 15, "width": 100, "height": 80}}),
        )],
    );
    add(
        "clip-rect-between-pixels",
        vec![image(
            "photo.png",
            0.0,
            0.0,
            json!({"clip": {"type": "rect", "x": 20.5, "y": 15.25, "width": 100.1, "height": 80}}),
        )],
    );
    add(
        "clip-rounded",
        vec![image(
            "photo.png",
            0.0,
            0.0,
            json!({"clip": {"type": "rect", "x": 20, "y": 15, "width": 100, "height": 80, "radius": 24}}),
        )],
    );
    add(
        "clip-turned",
        vec![image(
            "photo.png",
            80.0,
            60.0,
            json!({"transform": {"rotation": 25, "anchor": {"x": 0.5, "y": 0.5}}, "clip": {"type": "rect", "x": 30, "y": 20, "width": 90, "height": 70}}),
        )],
    );
    add(
        "clip-path",
        vec![image(
            "photo.png",
            20.0,
            10.0,
            json!({"transform": {"scale": {"x": 1.3, "y": 1.3}}, "clip": {"type": "path", "path": STAR}}),
        )],
    );
    let ellipse = |more: Value| {
        with(
            json!({"source": {"type": "shape", "shape": "ellipse", "x": 20, "y": 10, "width": 110, "height": 90}}),
            more,
        )
    };
    add("mask-shape", vec![image("photo.png", 0.0, 0.0, json!({"mask": ellipse(json!({}))}))]);
    add("mask-feathered", vec![image("photo.png", 0.0, 0.0, json!({"mask": ellipse(json!({"feather": 8}))}))]);
    add("mask-inverted", vec![image("photo.png", 0.0, 0.0, json!({"mask": ellipse(json!({"inverted": true}))}))]);
    add(
        "mask-image-alpha",
        vec![image("photo.png", 0.0, 0.0, json!({"mask": {"source": {"type": "image", "url": "leaf.png"}}}))],
    );
    add(
        "mask-image-luminance",
        vec![image(
            "photo.png",
            0.0,
            0.0,
            json!({"mask": {"source": {"type": "image", "url": "ramp.png"}, "mode": "luminance"}}),
        )],
    );
    add(
        "mask-layer",
        vec![
            with(
                text("MASK", 10.0, 30.0, json!({"fontSize": 50, "fontWeight": 900})),
                json!({"id": "m", "visible": false}),
            ),
            image("photo.png", 0.0, 0.0, json!({"mask": {"source": {"type": "layer", "id": "m"}}})),
        ],
    );
    add("mask-group", pair(json!({"mask": ellipse(json!({"feather": 4}))})));

    // Filters.
    let filters: &[(&'static str, Value)] = &[
        ("filter-blur-small", json!({"type": "blur", "radius": 1.5})),
        ("filter-blur", json!({"type": "blur", "radius": 6})),
        ("filter-blur-large", json!({"type": "blur", "radius": 20})),
        ("filter-drop-shadow", json!({"type": "dropShadow", "x": 6, "y": 8, "radius": 4, "color": "#000c"})),
        ("filter-inner-shadow", json!({"type": "innerShadow", "x": 4, "y": 4, "radius": 5, "color": "#000"})),
        ("filter-glow", json!({"type": "glow", "radius": 6, "color": "#6ff", "strength": 2})),
        ("filter-outline", json!({"type": "outline", "width": 4, "color": "#fc0"})),
        ("filter-brightness", json!({"type": "brightness", "amount": 1.6})),
        ("filter-contrast", json!({"type": "contrast", "amount": 2})),
        ("filter-saturation", json!({"type": "saturation", "amount": 0.2})),
        ("filter-hue", json!({"type": "hue", "angle": 120})),
        ("filter-invert", json!({"type": "invert"})),
        ("filter-sepia", json!({"type": "sepia"})),
        ("filter-gamma", json!({"type": "gamma", "amount": 2.2})),
        ("filter-color-matrix", json!({"type": "colorMatrix", "matrix": [0,1,0,0,0, 0,0,1,0,0, 1,0,0,0,0, 0,0,0,1,0]})),
        ("filter-lut", json!({"type": "lut", "url": "teal.cube"})),
        ("filter-lut-half", json!({"type": "lut", "url": "teal.cube", "amount": 0.5})),
        ("filter-luma-key", json!({"type": "lumaKey", "low": 0.35, "high": 0.8, "smoothness": 0.2})),
        ("filter-color-key", json!({"type": "colorKey", "color": "#5a4", "similarity": 0.15, "smoothness": 0.2})),
        ("filter-pixelate", json!({"type": "pixelate", "size": 9})),
        ("filter-sharpen", json!({"type": "sharpen", "amount": 2, "radius": 2})),
        ("filter-vignette", json!({"type": "vignette", "amount": 0.9, "start": 0.3, "softness": 0.8})),
        ("filter-grain", json!({"type": "grain", "amount": 0.3, "size": 2, "seed": 7})),
        ("filter-displacement", json!({"type": "displacement", "url": "waves.png", "x": 8, "y": 8})),
        (
            "filter-corner-pin",
            json!({"type": "cornerPin", "topLeft": {"x": 20, "y": 12}, "bottomRight": {"x": -14, "y": -20}}),
        ),
        ("filter-crop", json!({"type": "crop", "left": 12, "top": 6.5, "right": 20, "bottom": 10})),
    ];
    for (name, filter) in filters {
        add(
            name,
            vec![leaf(
                json!({"transform": {"position": {"x": 35, "y": 15}, "scale": {"x": 1.1, "y": 1.1}}, "filters": [filter]}),
            )],
        );
    }
    add("filter-chroma-key", vec![photo(), image("screen.png", 0.0, 0.0, json!({"filters": [{"type": "chromaKey"}]}))]);
    add(
        "filter-chain",
        vec![
            photo(),
            leaf(
                json!({"filters": [{"type": "saturation", "amount": 0}, {"type": "outline", "width": 3, "color": "white"}, {"type": "dropShadow", "x": 3, "y": 3, "radius": 3, "color": "#000"}]}),
            ),
        ],
    );
    add(
        "filter-on-a-turned-layer",
        vec![
            photo(),
            leaf(
                json!({"transform": {"rotation": 30, "position": {"x": 70, "y": 5}}, "filters": [{"type": "dropShadow", "x": 8, "radius": 2, "color": "#000"}]}),
            ),
        ],
    );
    add(
        "filter-on-a-group",
        pair(json!({"filters": [{"type": "blur", "radius": 3}, {"type": "outline", "width": 2}]})),
    );
    add("filter-in-a-filtered-group", {
        let mut layers = pair(json!({"filters": [{"type": "glow", "radius": 4, "color": "gold", "strength": 3}]}));
        layers[2]["filters"] = json!([{"type": "pixelate", "size": 8}]);
        layers
    });

    // Images.
    add("image-enlarged", vec![image("pixels.png", 10.0, 10.0, json!({"transform": {"scale": {"x": 9, "y": 9}}}))]);
    add(
        "image-nearest",
        vec![
            json!({"type": "overlay", "transform": {"position": {"x": 10, "y": 10}, "scale": {"x": 9, "y": 9}}, "content": {"type": "image", "content": "pixels.png", "style": {"sampling": "nearest"}}}),
        ],
    );
    add(
        "image-nearest-turned",
        vec![
            json!({"type": "overlay", "transform": {"position": {"x": 60, "y": 5}, "scale": {"x": 8, "y": 8}, "rotation": 25}, "content": {"type": "image", "content": "pixels.png", "style": {"sampling": "nearest"}}}),
        ],
    );
    add(
        "image-shrunk",
        vec![
            image("photo.png", 10.0, 10.0, json!({"transform": {"scale": {"x": 0.3, "y": 0.3}}})),
            image("photo.png", 70.0, 10.0, json!({"transform": {"scale": {"x": 0.5, "y": 0.2}, "rotation": 40}})),
        ],
    );
    add(
        "image-mirrored",
        vec![leaf(json!({"transform": {"scale": {"x": -1, "y": 1}, "position": {"x": 120, "y": 20}}}))],
    );
    add(
        "image-between-pixels",
        vec![leaf(json!({"transform": {"position": {"x": 33.3, "y": 17.7}, "scale": {"x": 1.07, "y": 0.93}}}))],
    );
    for (name, fit) in [("fit-contain", "contain"), ("fit-cover", "cover"), ("fit-fill", "fill")] {
        add(name, vec![image("leaf.png", 10.0, 20.0, json!({"content": {"width": 140, "height": 60, "fit": fit}}))]);
    }
    add(
        "nine-slice",
        vec![
            json!({"type": "overlay", "transform": {"position": {"x": 10, "y": 15}}, "content": {"type": "image", "content": "frame.png", "style": {"width": 140, "height": 90, "fit": "fill", "slice": [8, 8, 8, 8]}}}),
        ],
    );
    add("svg", vec![image("drawing.svg", 10.0, 10.0, json!({"content": {"width": 140, "height": 100}}))]);

    // Shapes.
    let gold = json!({"gradient": "linear", "angle": 60, "stops": [{"offset": 0, "color": "gold"}, {"offset": 1, "color": "crimson"}]});
    add(
        "shape-rounded-gradient",
        vec![shape("rect", 15.0, 15.0, json!({"width": 130, "height": 90, "radius": 20, "fill": gold}))],
    );
    add(
        "shape-radial",
        vec![shape(
            "ellipse",
            15.0,
            15.0,
            json!({"width": 130, "height": 90, "fill": {"gradient": "radial", "stops": [{"offset": 0, "color": "white"}, {"offset": 1, "color": "#036"}]}}),
        )],
    );
    add(
        "shape-shadow",
        vec![
            photo(),
            shape(
                "rect",
                30.0,
                25.0,
                json!({"width": 90, "height": 60, "radius": 10, "fill": "#fff", "shadow": {"color": "#000", "x": 5, "y": 6, "blur": 10}}),
            ),
        ],
    );
    add(
        "path-fill-and-stroke",
        vec![shape(
            "path",
            40.0,
            20.0,
            json!({"width": 80, "height": 80, "path": STAR, "fill": "#fb0", "stroke": {"color": "#fff", "width": 4}}),
        )],
    );
    add(
        "path-dashed",
        vec![shape(
            "path",
            40.0,
            20.0,
            json!({"width": 80, "height": 80, "path": STAR, "fill": null, "stroke": {"color": "#6cf", "width": 3, "dash": [8, 5], "cap": "round"}}),
        )],
    );
    add(
        "path-mitred",
        vec![shape(
            "path",
            40.0,
            20.0,
            json!({"width": 80, "height": 80, "path": STAR, "fill": null, "stroke": {"color": "#6cf", "width": 6, "join": "miter"}}),
        )],
    );
    add(
        "path-even-odd",
        vec![shape(
            "path",
            20.0,
            10.0,
            json!({"width": 100, "height": 100, "fillRule": "evenodd", "fill": "#8d8", "path": "M5 5 H115 V95 H5 Z M25 25 H95 V75 H25 Z C 40 40 80 20 100 60"}),
        )],
    );

    // Text.
    let big = json!({"fontSize": 30});
    add(
        "text-latin",
        vec![
            text("Affine fjord 1234", 5.0, 30.0, json!({"fontSize": 20})),
            text("Žluťoučký Ωmega", 5.0, 70.0, json!({"fontSize": 18, "fontWeight": 700})),
        ],
    );
    add("text-arabic", vec![text("مرحبا بالعالم", 10.0, 30.0, big.clone())]);
    add("text-hebrew", vec![text("שלום עולם", 10.0, 30.0, big.clone())]);
    add("text-mixed-directions", vec![text("Lot 7: מזל טוב (won)", 5.0, 40.0, json!({"fontSize": 17}))]);
    add("text-devanagari", vec![text("नमस्ते दुनिया", 10.0, 30.0, big.clone())]);
    add("text-cjk", vec![text("拍卖 オークション 경매", 4.0, 40.0, json!({"fontSize": 17}))]);
    add("text-emoji", vec![text("Sold! 🔨💰🔥", 4.0, 40.0, json!({"fontSize": 22}))]);
    add(
        "text-weights",
        vec![
            text("Thin", 5.0, 5.0, json!({"fontSize": 30, "fontWeight": 100})),
            text("Medium", 5.0, 40.0, json!({"fontSize": 30, "fontWeight": 500})),
            text("Black", 5.0, 75.0, json!({"fontSize": 30, "fontWeight": 900})),
        ],
    );
    add(
        "text-runs",
        vec![
            json!({"type": "overlay", "transform": {"position": {"x": 5, "y": 30}}, "content": {"type": "text", "content": [{"text": "Sold for "}, {"text": "12.5", "color": "gold", "fontWeight": 800, "fontSize": 34}, {"text": " ETH", "underline": true}], "style": {"fontSize": 18}}}),
        ],
    );
    add(
        "text-wrapped",
        vec![text(
            "A title that is much too long for one line",
            10.0,
            8.0,
            json!({"fontSize": 20, "width": 140, "align": "center"}),
        )],
    );
    add(
        "text-ellipsis",
        vec![text(
            "A title that is much too long for one line",
            10.0,
            40.0,
            json!({"fontSize": 20, "width": 140, "maxLines": 1, "overflow": "ellipsis"}),
        )],
    );
    add(
        "text-shrunk",
        vec![text(
            "A title that is much too long for one line",
            10.0,
            30.0,
            json!({"fontSize": 40, "width": 140, "height": 50, "overflow": "shrink", "background": {"color": "#0006"}}),
        )],
    );
    add(
        "text-stroke-and-shadow",
        vec![text(
            "BID",
            20.0,
            20.0,
            json!({"fontSize": 64, "fontWeight": 900, "stroke": {"color": "#c02", "width": 6}, "shadow": {"color": "#000", "x": 4, "y": 4, "blur": 6}}),
        )],
    );
    add(
        "text-gradient",
        vec![text(
            "GOLD",
            10.0,
            25.0,
            json!({"fontSize": 54, "fontWeight": 900, "color": {"gradient": "linear", "angle": 90, "stops": [{"offset": 0.2, "color": "#ffe9a0"}, {"offset": 0.8, "color": "#b06a00"}]}}),
        )],
    );
    add(
        "text-spacing",
        vec![text("WIDE\nLINES", 10.0, 5.0, json!({"fontSize": 24, "letterSpacing": 8, "lineHeight": 2}))],
    );
    add("text-tabular", vec![text("11:11\n08:08", 20.0, 15.0, json!({"fontSize": 36, "tabularNumbers": true}))]);
    add(
        "text-reveal",
        vec![text(
            "LETTER BY LETTER",
            8.0,
            40.0,
            json!({"fontSize": 16, "reveal": {"amount": 0.5, "softness": 6, "rise": 20}}),
        )],
    );
    add(
        "text-italic-struck",
        vec![text("was 10 ETH", 10.0, 40.0, json!({"fontSize": 24, "italic": true, "strikethrough": true}))],
    );

    // Motion that is a function of time.
    let ticker = vec![
        shape("rect", 0.0, 90.0, json!({"width": 160, "height": 24, "fill": "#c02"})),
        with(
            text("Tickers loop without a seam * ", 0.0, 91.0, json!({"fontSize": 16})),
            json!({"filters": [{"type": "scroll", "x": -40, "width": 160}]}),
        ),
    ];
    scenes.push(Scene { name: "ticker", at: 1.25, layers: ticker.clone() });
    scenes.push(Scene { name: "ticker-later", at: 60.3, layers: ticker });
    scenes.push(Scene {
        name: "grain-later",
        at: 1.0,
        layers: vec![leaf(json!({"filters": [{"type": "grain", "amount": 0.3, "size": 2, "seed": 7}]}))],
    });
    scenes
}

/// The pictures that the scenes show: made here, so that everybody can see what is in them.
pub fn write_files(folder: &Path) {
    let save = |name: &str, w: u32, h: u32, pixel: &dyn Fn(f64, f64) -> [f64; 4]| {
        let mut rgba = Vec::new();
        for y in 0..h {
            for x in 0..w {
                let color = pixel((f64::from(x) + 0.5) / f64::from(w), (f64::from(y) + 0.5) / f64::from(h));
                rgba.extend(color.map(|c| (c.clamp(0.0, 1.0) * 255.0).round() as u8));
            }
        }
        let mut encoder = png::Encoder::new(std::fs::File::create(folder.join(name)).unwrap(), w, h);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.write_header().unwrap().write_image_data(&rgba).unwrap();
    };
    // Hills under an evening sky.
    save("photo.png", WIDTH, HEIGHT, &|u, v| {
        let hill = 0.62 + 0.12 * (u * 7.0).sin() + 0.05 * (u * 19.0).sin();
        let sun = (1.0 - ((u - 0.7) * 1.33).hypot(v - 0.35) * 9.0).clamp(0.0, 1.0);
        if v > hill {
            [0.15 + 0.3 * (1.0 - v), 0.25 + 0.4 * (v - hill), 0.12 + 0.1 * u, 1.0]
        } else {
            [0.95 - 0.5 * v + sun, 0.35 + 0.35 * v + sun, 0.35 + 0.4 * (1.0 - v) + 0.4 * sun, 1.0]
        }
    });
    // A disc with a soft edge, all hues around it, paler towards the middle.
    save("leaf.png", 80, 80, &|u, v| {
        let (x, y) = (u - 0.5, v - 0.5);
        let (r, angle) = (x.hypot(y) * 2.0, y.atan2(x));
        let hue = |shift: f64| 0.5 + 0.5 * (angle + shift).cos();
        let pale = |c: f64| c * r + 0.9 * (1.0 - r);
        [pale(hue(0.0)), pale(hue(-2.1)), pale(hue(2.1)), ((0.95 - r) * 16.0).clamp(0.0, 1.0)]
    });
    save("ramp.png", 64, 64, &|u, v| [u, u, u, if v < 0.9 { 1.0 } else { 0.5 }]);
    save("waves.png", 64, 64, &|u, v| [0.5 + 0.5 * (v * 25.0).sin(), 0.5 + 0.5 * (u * 25.0).sin(), 0.5, 1.0]);
    // A figure before a green screen, with a shadow on it.
    save("screen.png", WIDTH, HEIGHT, &|u, v| {
        let body = ((u - 0.5) * 1.33).hypot(v - 0.45) < 0.3;
        let shade = if ((u - 0.58) * 1.33).hypot(v - 0.5) < 0.3 { 0.7 } else { 1.0 };
        if body { [0.85, 0.6 + 0.2 * u, 0.5, 1.0] } else { [0.0, 0.69 * shade, 0.25 * shade, 1.0] }
    });
    save("pixels.png", 12, 11, &|u, v| {
        let (x, y) = ((u * 12.0) as i32, (v * 11.0) as i32);
        let on = (x - 6).abs() + (y - 5).abs() < 5 || (x + y) % 5 == 0;
        if on { [f64::from(x) / 11.0, 0.8, f64::from(y) / 10.0, 1.0] } else { [0.0; 4] }
    });
    save("frame.png", 24, 24, &|u, v| {
        let edge = u.min(v).min(1.0 - u).min(1.0 - v) * 24.0;
        if edge < 3.0 {
            [1.0, 0.8, 0.2, 1.0]
        } else if edge < 8.0 {
            [0.5, 0.2, 0.1, 1.0]
        } else {
            [0.1, 0.1, 0.2, 0.7]
        }
    });
    let mut cube = String::from("TITLE \"teal and orange\"\nLUT_3D_SIZE 3\n");
    for b in 0..3 {
        for g in 0..3 {
            for r in 0..3 {
                let (r, g, b) = (f64::from(r) / 2.0, f64::from(g) / 2.0, f64::from(b) / 2.0);
                let y = 0.3 * r + 0.6 * g + 0.1 * b;
                cube += &format!(
                    "{:.4} {:.4} {:.4}\n",
                    (r * 1.2 - 0.1 * (1.0 - y)).clamp(0.0, 1.0),
                    g * 0.9 + 0.05,
                    (b * 0.7 + 0.3 * (1.0 - y)).clamp(0.0, 1.0)
                );
            }
        }
    }
    std::fs::write(folder.join("teal.cube"), cube).unwrap();
    std::fs::write(
        folder.join("drawing.svg"),
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 140 100" width="140" height="100"><defs><linearGradient id="a" x2="1" y2="1"><stop stop-color="#4cf"/><stop offset="1" stop-color="#a3f"/></linearGradient><filter id="b"><feGaussianBlur stdDeviation="3"/></filter><clipPath id="c"><circle cx="70" cy="50" r="44"/></clipPath></defs><g clip-path="url(#c)"><rect width="140" height="100" fill="url(#a)"/><circle cx="50" cy="40" r="16" fill="#fff8" filter="url(#b)"/></g><path d="M20 80 C40 20 100 120 120 30" fill="none" stroke="#fff" stroke-width="4" stroke-dasharray="9 5" stroke-linecap="round"/><text x="70" y="58" font-size="22" text-anchor="middle" fill="#012">SVG</text></svg>"##,
    )
    .unwrap();
}
