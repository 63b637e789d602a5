//! H.264 by x264.

use crate::Failure;
use codec_wire::EncoderConfig;
use ffmpeg_next as ff;
use ffmpeg_next::ffi;

/// The encoder, open.
pub(crate) struct VideoEncoder {
    encoder: ff::encoder::video::Encoder,
    width: usize,
    height: usize,
}

impl VideoEncoder {
    pub(crate) fn open(config: &EncoderConfig) -> Result<Self, Failure> {
        let codec = ff::encoder::find_by_name("libx264").ok_or(Failure::NoEncoder("libx264"))?;
        let mut video = ff::codec::context::Context::new_with_codec(codec).encoder().video()?;
        video.set_width(config.width);
        video.set_height(config.height);
        video.set_format(ff::format::Pixel::YUV420P);
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
        }
        set_rate(&mut video, config.video_kbps);
        let mut options = ff::Dictionary::new();
        options.set("preset", &config.preset);
        // Neither B-frames nor lookahead: every frame leaves as soon as it is encoded.
        options.set("tune", "zerolatency");
        options.set("profile", "high");
        options.set("forced-idr", "1");
        // Constant, with filler: whether anything is acknowledged shows on a still picture too. No `nal-hrd`: with
        // it x264 refuses to change the rate of an open encoder.
        // Keyframes come when they are asked for and at the GOP's end, never at a cut, and the
        // level does not depend on the content: a replacement's headers are the same.
        let level = level(config);
        let gop = config.gop;
        options.set("x264-params", &format!("keyint={gop}:min-keyint={gop}:scenecut=0:level={level}:filler=1"));
        Ok(Self { encoder: video.open_with(options)?, width: config.width as usize, height: config.height as usize })
    }

    /// SPS and PPS in Annex B form.
    pub(crate) fn header(&self) -> Vec<u8> {
        extradata(&self.encoder)
    }

    /// Encodes an I420 picture. x264 copies it before this returns.
    pub(crate) fn send(&mut self, picture: &[u8], tick: u64, key: bool) -> Result<(), Failure> {
        let (w, h) = (self.width, self.height);
        assert!(picture.len() >= w * h * 3 / 2, "the ring's slots hold a picture");
        let mut frame = ff::frame::Video::empty();
        // SAFETY: the planes lie inside of `picture`, as asserted, and libx264 neither writes to
        // them nor keeps them: without lookahead it copies the picture in `send_frame`, and without
        // a buffer reference libavcodec makes a copy of its own wherever it would need to keep one.
        unsafe {
            let f = frame.as_mut_ptr();
            (*f).width = w as i32;
            (*f).height = h as i32;
            (*f).format = ffi::AVPixelFormat::AV_PIX_FMT_YUV420P as i32;
            let base = picture.as_ptr().cast_mut();
            (*f).data[0] = base;
            (*f).data[1] = base.add(w * h);
            (*f).data[2] = base.add(w * h * 5 / 4);
            (*f).linesize[0] = w as i32;
            (*f).linesize[1] = w as i32 / 2;
            (*f).linesize[2] = w as i32 / 2;
            // A buffer that owns nothing keeps libavcodec from copying the picture once more.
            (*f).buf[0] = ffi::av_buffer_create(base, w * h * 3 / 2, Some(keep), std::ptr::null_mut(), 0);
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
    fn the_bit_rate_follows_without_a_keyframe() {
        let config = EncoderConfig {
            width: 320,
            height: 192,
            fps: 30,
            preset: "veryfast".into(),
            video_kbps: 2_000,
            gop: 1_000,
            threads: 1,
            audio_kbps: 128,
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
