//! Pictures: H.264 by x264 or a graphics card, VP8 and VP9 by libvpx.

use crate::Failure;
use codec_wire::{Codec, EncoderConfig, EncoderKind};
use ffmpeg_next as ff;
use ffmpeg_next::ffi;

/// The encoder, open.
pub(crate) struct VideoEncoder {
    encoder: ff::encoder::video::Encoder,
    width: usize,
    height: usize,
    /// The size of the pictures that come.
    ring: (usize, usize),
    /// The picture at half its size, where it is encoded so.
    half: Vec<u8>,
    /// Both colour planes, sample by sample in turn, for an encoder that wants them so.
    chroma: Vec<u8>,
    /// It copies what it is given before it returns.
    copies: bool,
}

impl VideoEncoder {
    pub(crate) fn open(config: &EncoderConfig) -> Result<Self, Failure> {
        let kind = config.kind;
        let (ring_width, ring_height) = (config.width as usize, config.height as usize);
        let size = |pixels: u32| if config.halved { (pixels / 4 * 2).max(2) } else { pixels };
        let config = &EncoderConfig { width: size(config.width), height: size(config.height), ..config.clone() };
        let codec = ff::encoder::find_by_name(kind.name()).ok_or(Failure::NoEncoder(kind.name()))?;
        let mut video = ff::codec::context::Context::new_with_codec(codec).encoder().video()?;
        video.set_width(config.width);
        video.set_height(config.height);
        let nv12 = kind == EncoderKind::Qsv;
        video.set_format(if nv12 { ff::format::Pixel::NV12 } else { ff::format::Pixel::YUV420P });
        video.set_time_base((1, config.fps as i32));
        video.set_frame_rate(Some((config.fps as i32, 1)));
        video.set_gop(config.gop);
        video.set_max_b_frames(0);
        video.set_flags(ff::codec::Flags::GLOBAL_HEADER);
        video.set_colorspace(ff::color::Space::BT709);
        video.set_color_range(ff::color::Range::MPEG);
        // SAFETY: the context is this encoder's own and not open yet; these are plain fields that
        // the library has no setters for.
        unsafe {
            let context = video.as_mut_ptr();
            (*context).color_primaries = ffi::AVColorPrimaries::AVCOL_PRI_BT709;
            (*context).color_trc = ffi::AVColorTransferCharacteristic::AVCOL_TRC_BT709;
            // The renderer takes the mean of 2x2 pixels.
            (*context).chroma_sample_location = ffi::AVChromaLocation::AVCHROMA_LOC_CENTER;
            (*context).thread_count = config.threads as i32;
            // libvpx holds the rate where least and most are the same.
            if kind.codec() != Codec::H264 {
                (*context).rc_min_rate = i64::from(config.video_kbps) * 1000;
            }
        }
        set_rate(&mut video, config.video_kbps);
        let encoder = video.open_with(options(config))?;
        let (width, height) = (config.width as usize, config.height as usize);
        let chroma = if nv12 { vec![0; width * height / 2] } else { Vec::new() };
        let copies = !matches!(kind, EncoderKind::Nvenc | EncoderKind::Qsv);
        let half = if config.halved { vec![0; width * height * 3 / 2] } else { Vec::new() };
        Ok(Self { encoder, width, height, ring: (ring_width, ring_height), half, chroma, copies })
    }

    /// SPS and PPS in Annex B form.
    pub(crate) fn header(&self) -> Vec<u8> {
        extradata(&self.encoder)
    }

    /// Encodes an I420 picture, which is copied before this returns.
    pub(crate) fn send(&mut self, picture: &[u8], tick: u64, key: bool) -> Result<(), Failure> {
        let (w, h) = (self.width, self.height);
        assert!(picture.len() >= self.ring.0 * self.ring.1 * 3 / 2, "the ring's slots hold a picture");
        let picture = if self.half.is_empty() {
            picture
        } else {
            halve(picture, self.ring, &mut self.half, (w, h));
            &self.half
        };
        let mut frame = ff::frame::Video::empty();
        let (u, v) = (&picture[w * h..w * h * 5 / 4], &picture[w * h * 5 / 4..w * h * 3 / 2]);
        for ((pair, u), v) in self.chroma.as_chunks_mut::<2>().0.iter_mut().zip(u).zip(v) {
            *pair = [*u, *v];
        }
        let nv12 = !self.chroma.is_empty();
        // SAFETY: the planes lie inside of `picture`, as asserted, or are `chroma`, and the encoders neither write to
        // them nor keep them: without lookahead they copy the picture in `send_frame`, and without
        // a buffer reference libavcodec makes a copy of its own wherever it would need to keep one.
        unsafe {
            let f = frame.as_mut_ptr();
            (*f).width = w as i32;
            (*f).height = h as i32;
            (*f).format =
                if nv12 { ffi::AVPixelFormat::AV_PIX_FMT_NV12 } else { ffi::AVPixelFormat::AV_PIX_FMT_YUV420P } as i32;
            let base = picture.as_ptr().cast_mut();
            (*f).data[0] = base;
            (*f).linesize[0] = w as i32;
            if nv12 {
                (*f).data[1] = self.chroma.as_mut_ptr();
                (*f).linesize[1] = w as i32;
            } else {
                (*f).data[1] = base.add(w * h);
                (*f).data[2] = base.add(w * h * 5 / 4);
                (*f).linesize[1] = w as i32 / 2;
                (*f).linesize[2] = w as i32 / 2;
            }
            // A buffer that owns nothing keeps libavcodec from copying the picture once more. Encoders on a card may
            // hold on to what they are given, and get a copy.
            if self.copies {
                (*f).buf[0] = ffi::av_buffer_create(base, w * h * 3 / 2, Some(keep), std::ptr::null_mut(), 0);
            }
            (*f).pts = tick as i64;
            (*f).pict_type =
                if key { ffi::AVPictureType::AV_PICTURE_TYPE_I } else { ffi::AVPictureType::AV_PICTURE_TYPE_NONE };
        }
        Ok(self.encoder.send_frame(&frame)?)
    }

    /// The next finished access unit: time stamp, whether it is a keyframe, bytes.
    pub(crate) fn receive(&mut self) -> Option<(i64, bool, ff::Packet)> {
        let mut packet = ff::Packet::empty();
        self.encoder.receive_packet(&mut packet).ok()?;
        Some((packet.pts().unwrap_or_default(), packet.is_key(), packet))
    }

    /// Changes the bit rate from the next frame on.
    pub(crate) fn set_kbps(&mut self, kbps: u32) {
        set_rate(&mut self.encoder, kbps);
    }

    pub(crate) fn finish(&mut self) {
        // Nothing is buffered; this only lets `receive` end.
        let _ = self.encoder.send_eof();
    }
}

/// What each encoder has to be told so that every frame leaves as soon as it is encoded, keyframes come when they
/// are asked for and at the GOP's end and nowhere else, and the bit rate is held.
fn options(config: &EncoderConfig) -> ff::Dictionary<'static> {
    let mut options = ff::Dictionary::new();
    let gop = config.gop.to_string();
    match config.kind {
        EncoderKind::X264 => {
            options.set("preset", &config.preset);
            // Neither B-frames nor lookahead.
            options.set("tune", "zerolatency");
            options.set("profile", "high");
            options.set("forced-idr", "1");
            // Constant, with filler: whether anything is acknowledged shows on a still picture too. No `nal-hrd`:
            // with it x264 refuses to change the rate of an open encoder. The level does not depend on the
            // content: a replacement's headers are the same.
            let level = level(config);
            options.set("x264-params", &format!("keyint={gop}:min-keyint={gop}:scenecut=0:level={level}:filler=1"));
        }
        EncoderKind::Nvenc => {
            for (name, value) in [
                ("preset", "p4"),
                ("tune", "ull"),
                ("profile", "high"),
                ("rc", "cbr"),
                ("cbr_padding", "1"),
                ("zerolatency", "1"),
                ("delay", "0"),
                ("forced-idr", "1"),
                ("no-scenecut", "1"),
            ] {
                options.set(name, value);
            }
            options.set("level", level(config));
        }
        EncoderKind::Qsv => {
            for (name, value) in
                [("preset", "veryfast"), ("async_depth", "1"), ("forced_idr", "1"), ("profile", "high")]
            {
                options.set(name, value);
            }
        }
        EncoderKind::Vp8 | EncoderKind::Vp9 => {
            // libvpx's own advice for live: https://developers.google.com/media/vp9/live-encoding
            for (name, value) in [("deadline", "realtime"), ("lag-in-frames", "0"), ("keyint_min", gop.as_str())] {
                options.set(name, value);
            }
            options.set("cpu-used", if config.kind == EncoderKind::Vp8 { "12" } else { "8" });
            if config.kind == EncoderKind::Vp9 {
                options.set("row-mt", "1");
                options.set("tile-columns", "2");
                options.set("aq-mode", "3");
            }
        }
    }
    options
}

/// An I420 picture at half its size: each sample is the mean of four.
fn halve(from: &[u8], (from_w, from_h): (usize, usize), to: &mut [u8], (to_w, to_h): (usize, usize)) {
    let mut planes = (from, to);
    for shift in [0, 1, 1] {
        let ((fw, fh), (tw, th)) = ((from_w >> shift, from_h >> shift), (to_w >> shift, to_h >> shift));
        let (plane, rest) = planes.0.split_at(fw * fh);
        let (out, rest_out) = planes.1.split_at_mut(tw * th);
        for (y, row) in out.chunks_exact_mut(tw).enumerate() {
            let (above, below) = (&plane[2 * y * fw..][..fw], &plane[(2 * y + 1) * fw..][..fw]);
            let pairs = above.as_chunks::<2>().0.iter().zip(below.as_chunks::<2>().0);
            for (out, (a, b)) in row.iter_mut().zip(pairs) {
                *out = ((u16::from(a[0]) + u16::from(a[1]) + u16::from(b[0]) + u16::from(b[1]) + 2) / 4) as u8;
            }
        }
        planes = (rest, rest_out);
    }
}

/// Frees nothing: the memory is the ring's.
extern "C" fn keep(_: *mut std::ffi::c_void, _: *mut u8) {}

/// Constant bit rate with a buffer of one second.
fn set_rate(video: &mut ff::codec::encoder::video::Video, kbps: u32) {
    let bits = kbps as usize * 1000;
    video.set_bit_rate(bits);
    video.set_max_bit_rate(bits);
    // SAFETY: a plain field of this encoder's own context; x264 reads it again with the rate
    // whenever a frame is sent.
    unsafe { (*video.as_mut_ptr()).rc_buffer_size = bits as i32 };
}

/// The H.264 level (Rec. ITU-T H.264, table A-1), by macroblocks per frame and second and by rate.
fn level(config: &EncoderConfig) -> &'static str {
    let blocks = config.width.div_ceil(16) * config.height.div_ceil(16);
    let rate = blocks * config.fps;
    // (level, macroblocks per second, per frame, kb/s in the High profile)
    [
        ("3.0", 40_500, 1_620, 12_500),
        ("3.1", 108_000, 3_600, 17_500),
        ("3.2", 216_000, 5_120, 25_000),
        ("4.0", 245_760, 8_192, 25_000),
        ("4.2", 522_240, 8_704, 62_500),
        ("5.0", 589_824, 22_080, 168_750),
        ("5.1", 983_040, 36_864, 300_000),
    ]
    .into_iter()
    .find(|(_, per_second, per_frame, kbps)| rate <= *per_second && blocks <= *per_frame && config.video_kbps <= *kbps)
    .map_or("5.2", |(level, ..)| level)
}

/// The out-of-band headers of an open encoder.
pub(crate) fn extradata(context: &ff::codec::Context) -> Vec<u8> {
    // SAFETY: libavcodec owns `extradata` of `extradata_size` bytes for as long as the context is
    // open, and null stands for none.
    unsafe {
        let context = context.as_ptr();
        if (*context).extradata.is_null() {
            return Vec::new();
        }
        std::slice::from_raw_parts((*context).extradata, (*context).extradata_size as usize).to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_picture_has_the_means_of_all_planes() {
        // 8 x 8: each quarter of a plane has one value.
        let plane = |w: usize, h: usize, base: u8| -> Vec<u8> {
            (0..w * h).map(|i| base + u8::from(i % w >= w / 2) * 8 + u8::from(i / w >= h / 2) * 16).collect()
        };
        let mut picture = [plane(8, 8, 40), plane(4, 4, 100), plane(4, 4, 160)].concat();
        // Of every four samples each has a part in the mean: 0, 1, 2 and 5 more are 2 more.
        for (i, sample) in picture[..64].iter_mut().enumerate() {
            *sample = *sample - 2 + [0, 1, 2, 5][i % 2 + i / 8 % 2 * 2];
        }
        let mut half = vec![0; 4 * 4 * 3 / 2];
        halve(&picture, (8, 8), &mut half, (4, 4));
        assert_eq!(half, [plane(4, 4, 40), plane(2, 2, 100), plane(2, 2, 160)].concat());
    }

    #[test]
    fn the_bit_rate_follows_without_a_keyframe() {
        let config = EncoderConfig {
            kind: EncoderKind::X264,
            width: 320,
            height: 192,
            fps: 30,
            preset: "veryfast".into(),
            video_kbps: 2_000,
            gop: 1_000,
            threads: 1,
            audio_kbps: 128,
            halved: false,
            slots: 1,
        };
        let mut video = VideoEncoder::open(&config).unwrap();
        let mut state = 1u32;
        let mut seconds = |video: &mut VideoEncoder, from: u64, count: u64| {
            let (mut bytes, mut keys) = (0, 0);
            for tick in from * 30..(from + count) * 30 {
                let noise = |_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (state >> 24) as u8 / 2 + 64
                };
                let picture: Vec<u8> = (0..320 * 192 * 3 / 2).map(noise).collect();
                video.send(&picture, tick, false).unwrap();
                while let Some((_, key, packet)) = video.receive() {
                    bytes += packet.size();
                    keys += u32::from(key);
                }
            }
            (bytes as f64 * 8.0 / 1000.0 / count as f64, keys)
        };
        let (before, _) = seconds(&mut video, 0, 4);
        video.set_kbps(500);
        let _ = seconds(&mut video, 4, 1);
        let (after, keys) = seconds(&mut video, 5, 4);
        assert!((1_600.0..2_400.0).contains(&before), "{before} kb/s");
        assert!((400.0..600.0).contains(&after), "{after} kb/s");
        assert_eq!(keys, 0);
        video.set_kbps(2_000);
        let _ = seconds(&mut video, 9, 1);
        let (again, _) = seconds(&mut video, 10, 4);
        assert!((1_600.0..2_400.0).contains(&again), "{again} kb/s");
    }
}
