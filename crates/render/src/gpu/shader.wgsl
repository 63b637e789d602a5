// A program of operations, run for each pixel with a stack of pixels of its own. The arithmetic is
// that of the CPU back end (kernel.rs, blend.rs, sample.rs, convert.rs), in the same integers.
// The words of the program are written by program.rs.

struct Head {
    // Pixels across and down.
    width: u32,
    height: u32,
    // Pixels from one row of luma to the next: a multiple of 8.
    stride: u32,
    background: u32,
    // Where in the code the tiles begin: left, top, where its ranges begin, how many there are.
    tiles: u32,
}

@group(0) @binding(0) var<uniform> head: Head;
@group(0) @binding(1) var<storage, read> texels: array<u32>;
@group(0) @binding(2) var<storage, read> code: array<u32>;
@group(0) @binding(3) var<storage, read_write> picture: array<u32>;
@group(0) @binding(4) var<storage, read_write> planes: array<u32>;

const WORDS = 16u;
// The deepest stack. What is read here is the least; program.rs says which there are.
const DEPTH = 4u;

const BLIT = 0u;
const STRETCH = 1u;
const TURN = 2u;
const NEAREST = 3u;
const PUSH = 4u;
const LAY = 5u;
const MULTIPLY = 6u;
const FILL_RECT = 7u;
const MIX = 8u;
const LAY_RESULT = 9u;
const REPLACE = 10u;

const PAIR = 0x00ff00ffu;
const HALF = 0x00800080u;

@compute @workgroup_size(64, 4)
fn draw(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
    let tile = head.tiles + group.x * 4u;
    let x = code[tile] + local.x;
    let y = code[tile + 1u] + group.y * 4u + local.y;
    if x >= head.width || y >= head.height {
        return;
    }
    let first = code[tile + 2u];
    let count = code[tile + 3u];
    var pixel = head.background;
    for (var i = 0u; i < count; i++) {
        pixel = run(pixel, code[first + 2u * i], code[first + 2u * i + 1u], i32(x), i32(y));
    }
    picture[y * head.width + x] = pixel;
}

// Runs the operations from `first` to `end` on a pixel. `top` is the highest layer's; those below it
// are in the stack.
fn run(pixel: u32, first: u32, end: u32, x: i32, y: i32) -> u32 {
    var stack: array<u32, DEPTH>;
    var depth = 0u;
    var top = pixel;
    var pc = first;
    while pc < end {
        let op = pc * WORDS;
        pc++;
        let kind = code[op];
        let a = code[op + 1u];
        if kind <= PUSH || kind == FILL_RECT {
            let inside = x >= i32(code[op + 2u]) && y >= i32(code[op + 3u])
                && x < i32(code[op + 4u]) && y < i32(code[op + 5u]);
            if !inside {
                // Past all that is done on the layer.
                if kind == PUSH {
                    pc = a;
                }
                continue;
            }
        }
        let b = code[op + 6u];
        switch kind {
            case BLIT, STRETCH, TURN, NEAREST: {
                top = over(top, scale(sample(op, kind, x, y), a));
            }
            case PUSH: {
                stack[depth] = top;
                depth++;
                switch b {
                    case 0u: { top = 0u; }
                    case 1u: {}
                    default: { top = code[op + 7u]; }
                }
            }
            case LAY: {
                depth--;
                top = blend(a, stack[depth], scale(top, b));
            }
            case MULTIPLY: {
                var factor = top >> 24u;
                if (a & 1u) != 0u {
                    let light = (top & 255u) * 13926u + (top >> 8u & 255u) * 46884u + (top >> 16u & 255u) * 4726u;
                    factor = (light + 0x8000u) >> 16u;
                }
                if (a & 2u) != 0u {
                    factor ^= 255u;
                }
                depth--;
                top = scale(stack[depth], factor);
            }
            case FILL_RECT: {
                top = filled(op + 7u, x - i32(code[op + 2u]), y - i32(code[op + 3u]));
            }
            case MIX: {
                let result = stack[depth - 1u];
                let ground = stack[depth - 2u];
                depth -= 2u;
                top = mixed(ground, result, top >> 24u);
            }
            case LAY_RESULT: {
                let mask = stack[depth - 1u];
                let result = stack[depth - 2u];
                let ground = stack[depth - 3u];
                depth -= 3u;
                top = blend(a, ground, scale(without(result, ground, top >> 24u), mask >> 24u));
            }
            case REPLACE: {
                depth--;
                let before = stack[depth];
                let covered = top >> 24u;
                var ground = 0u;
                if code[op + 7u] != 0u {
                    ground = stack[depth - 1u];
                }
                let source = scale(top, b);
                top = select(replaced(before, blend(a, ground, source), ground, covered), before, covered == 0u);
            }
            default: {}
        }
    }
    return top;
}

// Sampling.

fn sample(op: u32, kind: u32, x: i32, y: i32) -> u32 {
    let base = code[op + 6u];
    let stride = code[op + 7u];
    switch kind {
        case BLIT: {
            // Texel 0 of the raster is texel 1 of its frame.
            let u = u32(x - i32(code[op + 8u]) + 1);
            let v = u32(y - i32(code[op + 9u]) + 1);
            return texels[base + v * stride + u];
        }
        case STRETCH: {
            let column = code[code[op + 8u] + u32(x - i32(code[op + 2u]))];
            let line = code[code[op + 9u] + u32(y - i32(code[op + 3u]))];
            if column == 0xffffffffu || line == 0xffffffffu {
                return 0u;
            }
            return bilinear(base, stride, column >> 8u, line >> 8u, column & 255u, line & 255u);
        }
        default: {}
    }
    // The row's beginning, and the step from pixel to pixel, in 1/2^32.
    let row = code[op + 8u] + 4u * u32(y - i32(code[op + 3u]));
    let u = add64(vec2u(code[row], code[row + 1u]), mul64(vec2u(code[op + 11u], code[op + 12u]), u32(x)));
    let v = add64(vec2u(code[row + 2u], code[row + 3u]), mul64(vec2u(code[op + 13u], code[op + 14u]), u32(x)));
    // A place below 0 is a large one here.
    if u.y >= code[op + 9u] || v.y >= code[op + 10u] {
        return 0u;
    }
    if kind == NEAREST {
        return texels[base + (v.y + 1u) * stride + u.y + 1u];
    }
    return bilinear(base, stride, u.y, v.y, u.x >> 24u, v.x >> 24u);
}

fn bilinear(base: u32, stride: u32, x: u32, y: u32, fx: u32, fy: u32) -> u32 {
    let at = base + y * stride + x;
    let left = lerp(texels[at], texels[at + stride], fy);
    let right = lerp(texels[at + 1u], texels[at + stride + 1u], fy);
    return lerp(left, right, fx);
}

// 64-bit numbers: the low word, then the high one.
fn add64(a: vec2u, b: vec2u) -> vec2u {
    let low = a.x + b.x;
    return vec2u(low, a.y + b.y + select(0u, 1u, low < a.x));
}

// k has at most 16 bits.
fn mul64(a: vec2u, k: u32) -> vec2u {
    let low = (a.x & 0xffffu) * k;
    let middle = (a.x >> 16u) * k;
    return add64(vec2u(low, a.y * k), vec2u(middle << 16u, middle >> 16u));
}

// Masks.

fn real(at: u32) -> f32 {
    return bitcast<f32>(code[at]);
}

fn filled(at: u32, dx: i32, dy: i32) -> u32 {
    let p = code[at];
    let across = share(real(p) * f32(dx) + real(p + 1u) * f32(dy), real(p + 2u), real(p + 3u), real(p + 8u));
    let down = share(real(p + 4u) * f32(dx) + real(p + 5u) * f32(dy), real(p + 6u), real(p + 7u), real(p + 9u));
    let covered = min(across, real(p + 10u)) * min(down, real(p + 11u));
    return u32(floor(covered * 255.0 + 0.5)) * 0x01010101u;
}

// How much of a pixel's width lies between two edges, whose distances are those of another pixel,
// `moved` away.
fn share(moved: f32, first: f32, second: f32, scale: f32) -> f32 {
    return clamp(min((first + moved) * scale + 0.5, (second - moved) * scale + 0.5), 0.0, 1.0);
}

// Pixels.

fn scale(p: u32, k: u32) -> u32 {
    var low = (p & PAIR) * k + HALF;
    var high = ((p >> 8u) & PAIR) * k + HALF;
    low = ((low + ((low >> 8u) & PAIR)) >> 8u) & PAIR;
    high = (high + ((high >> 8u) & PAIR)) & ~PAIR;
    return low | high;
}

fn over(under: u32, source: u32) -> u32 {
    return scale(under, 255u - (source >> 24u)) + source;
}

fn lerp(p: u32, q: u32, f: u32) -> u32 {
    let g = 256u - f;
    let low = (((p & PAIR) * g + (q & PAIR) * f + HALF) >> 8u) & PAIR;
    let high = (((p >> 8u) & PAIR) * g + ((q >> 8u) & PAIR) * f + HALF) & ~PAIR;
    return low | high;
}

fn unpack(p: u32) -> vec4i {
    return vec4i(i32(p & 255u), i32(p >> 8u & 255u), i32(p >> 16u & 255u), i32(p >> 24u));
}

fn pack(c: vec4i) -> u32 {
    return u32(c.x) | u32(c.y) << 8u | u32(c.z) << 16u | u32(c.w) << 24u;
}

fn mixed(p: u32, q: u32, k: u32) -> u32 {
    let weight = i32(k);
    return pack((unpack(p) * (255 - weight) + unpack(q) * weight + 127) / 255);
}

fn without(result: u32, ground: u32, alpha: u32) -> u32 {
    let a = i32(alpha);
    let color = clamp(unpack(result) - (unpack(ground) * (255 - a) + 127) / 255, vec4i(0), vec4i(a));
    return pack(vec4i(color.xyz, a));
}

fn replaced(before: u32, onto: u32, ground: u32, covered: u32) -> u32 {
    let kept = (unpack(before) - unpack(ground)) * (255 - i32(covered));
    let out = unpack(onto) + (kept + select(vec4i(-127), vec4i(127), kept >= vec4i(0))) / 255;
    let alpha = clamp(out.w, 0, 255);
    return pack(vec4i(clamp(out.xyz, vec3i(0), vec3i(alpha)), alpha));
}

// Blending; the modes in the order of the W3C text.

fn div255(v: i32) -> i32 {
    let t = v + 128;
    return (t + (t >> 8u)) >> 8u;
}

fn blend(mode: u32, under: u32, source: u32) -> u32 {
    if mode == 0u {
        return over(under, source);
    }
    let s = unpack(source);
    let d = unpack(under);
    if mode == 16u {
        return pack(min(s + d, vec4i(255)));
    }
    var term = vec3i(0);
    if mode < 12u {
        for (var i = 0; i < 3; i++) {
            term[i] = separable(mode, s[i], d[i], s.w, d.w);
        }
    } else {
        if s.w == 0 {
            return under;
        }
        if d.w == 0 {
            return source;
        }
        let both = s.w * d.w;
        let colors = together(mode, vec3f(d.xyz) / f32(d.w), vec3f(s.xyz) / f32(s.w));
        term = clamp(vec3i(colors * f32(both) + 0.5), vec3i(0), vec3i(both));
    }
    var out = vec4i(0, 0, 0, div255(255 * (s.w + d.w) - s.w * d.w));
    for (var i = 0; i < 3; i++) {
        out[i] = div255(s[i] * (255 - d.w) + d[i] * (255 - s.w) + term[i]);
    }
    return pack(out);
}

fn separable(mode: u32, s: i32, d: i32, sa: i32, da: i32) -> i32 {
    switch mode {
        case 1u: { return s * d; }
        case 2u: { return s * da + d * sa - s * d; }
        case 3u: { return hard_light(d, s, da, sa); }
        case 4u: { return min(s * da, d * sa); }
        case 5u: { return max(s * da, d * sa); }
        case 6u: {
            if d == 0 {
                return 0;
            }
            if s >= sa {
                return sa * da;
            }
            return min(i32(f32(d * sa * sa) / f32(sa - s) + 0.5), sa * da);
        }
        case 7u: {
            if d >= da {
                return sa * da;
            }
            if s == 0 {
                return 0;
            }
            return sa * da - min(i32(f32((da - d) * sa * sa) / f32(s) + 0.5), sa * da);
        }
        case 8u: { return hard_light(s, d, sa, da); }
        case 9u: { return soft_light(s, d, sa, da); }
        case 10u: { return abs(s * da - d * sa); }
        default: { return s * da + d * sa - 2 * s * d; }
    }
}

fn hard_light(s: i32, d: i32, sa: i32, da: i32) -> i32 {
    if 2 * s <= sa {
        return 2 * s * d;
    }
    return sa * da - 2 * (da - d) * (sa - s);
}

fn soft_light(s: i32, d: i32, sa: i32, da: i32) -> i32 {
    if sa == 0 || da == 0 {
        return 0;
    }
    let cs = f32(s) / f32(sa);
    let cb = f32(d) / f32(da);
    var light = cb - (1.0 - 2.0 * cs) * cb * (1.0 - cb);
    if cs > 0.5 {
        var curve = sqrt(cb);
        if cb <= 0.25 {
            curve = ((16.0 * cb - 12.0) * cb + 4.0) * cb;
        }
        light = cb + (2.0 * cs - 1.0) * (curve - cb);
    }
    return clamp(i32(light * f32(sa * da) + 0.5), 0, sa * da);
}

fn together(mode: u32, b: vec3f, s: vec3f) -> vec3f {
    switch mode {
        case 12u: { return set_lum(set_sat(s, sat(b)), lum(b)); }
        case 13u: { return set_lum(set_sat(b, sat(s)), lum(b)); }
        case 14u: { return set_lum(s, lum(b)); }
        default: { return set_lum(b, lum(s)); }
    }
}

fn lum(c: vec3f) -> f32 {
    return 0.3 * c.x + 0.59 * c.y + 0.11 * c.z;
}

fn least(c: vec3f) -> f32 {
    return min(min(c.x, c.y), c.z);
}

fn most(c: vec3f) -> f32 {
    return max(max(c.x, c.y), c.z);
}

fn sat(c: vec3f) -> f32 {
    return most(c) - least(c);
}

fn set_lum(color: vec3f, light: f32) -> vec3f {
    var c = color + (light - lum(color));
    let l = lum(c);
    let n = least(c);
    let x = most(c);
    if n < 0.0 {
        c = l + (c - l) * l / (l - n);
    }
    if x > 1.0 {
        c = l + (c - l) * (1.0 - l) / (x - l);
    }
    return c;
}

fn set_sat(c: vec3f, s: f32) -> vec3f {
    let spread = sat(c);
    if spread <= 0.0 {
        return vec3f(0.0);
    }
    return (c - least(c)) * s / spread;
}

// RGBA to I420 (BT.709 limited): 8 x 2 pixels become two words of luma in each row, and one word
// each of Cb and Cr.

@compute @workgroup_size(8, 16)
fn convert(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
    let tile = head.tiles + group.x * 4u;
    let left = code[tile] + 8u * local.x;
    let top = code[tile + 1u] + 2u * local.y;
    if left >= head.width || top >= head.height {
        return;
    }
    var luma = vec4u(0u);
    var cb = 0u;
    var cr = 0u;
    for (var i = 0u; i < 4u; i++) {
        var sum = vec3i(0);
        for (var k = 0u; k < 4u; k++) {
            let column = 2u * i + (k & 1u);
            let row = k >> 1u;
            // Right of the picture there is padding, of which nothing is seen.
            let x = min(left + column, head.width - 1u);
            let c = unpack(picture[(top + row) * head.width + x]).xyz;
            sum += c;
            let y = u32((c.x * 5983 + c.y * 20127 + c.z * 2032 + (16 << 15u) + (1 << 14u)) >> 15u);
            luma[2u * row + column / 4u] |= y << (8u * (column & 3u));
        }
        let bias = (128 << 17u) + (1 << 16u);
        cb |= u32((sum.x * -3298 + sum.y * -11094 + sum.z * 14392 + bias) >> 17u) << (8u * i);
        cr |= u32((sum.x * 14392 + sum.y * -13073 + sum.z * -1319 + bias) >> 17u) << (8u * i);
    }
    let words = head.stride / 4u;
    let at = top * words + left / 4u;
    planes[at] = luma.x;
    planes[at + 1u] = luma.y;
    planes[at + words] = luma.z;
    planes[at + words + 1u] = luma.w;
    let chroma = words * head.height + top / 2u * (words / 2u) + left / 8u;
    planes[chroma] = cb;
    planes[chroma + words / 2u * (head.height / 2u)] = cr;
}
