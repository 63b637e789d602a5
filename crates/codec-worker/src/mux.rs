//! Packets into containers, by libavformat.

use crate::Failure;
use codec_wire::{AUDIO_RATE, Codec, Container, DATA_FD, MuxConfig, Record, RecordKind};
use ffmpeg_next as ff;
use ffmpeg_next::ffi;
use std::fs::File;
use std::io::BufReader;

/// Muxes until the input ends, then completes the file.
pub(crate) fn run(control: File) -> Result<(), Failure> {
    let mut input = BufReader::with_capacity(256 * 1024, control);
    let first = Record::read_from(&mut input)?.ok_or(Failure::Protocol("no configuration"))?;
    if first.kind != RecordKind::Config {
        return Err(Failure::Protocol("the configuration comes first"));
    }
    let config: MuxConfig = serde_json::from_slice(&first.data)?;
    ff::init()?;
    // Where it is told of a URL that cannot be reached, libav writes the URL down, with all that is in it.
    ff::log::set_level(if config.container == Container::MpegTs {
        ff::log::Level::Quiet
    } else {
        ff::log::Level::Error
    });
    let mut muxer = Muxer::open(&config)?;
    // A stream that is cut off (the service was killed) is as good an end as a proper one.
    while let Ok(Some(record)) = Record::read_from(&mut input) {
        muxer.write(&record)?;
    }
    Ok(muxer.output.write_trailer()?)
}

struct Muxer {
    output: ff::format::context::Output,
    live: bool,
    fps: i32,
    /// Samples of a frame of sound.
    audio_frame: i64,
    /// What goes before each keyframe.
    repeated: Vec<u8>,
    /// The number of the first frame, which is at time zero, and its first sample.
    origin: Option<(i64, i64)>,
}

impl Muxer {
    fn open(config: &MuxConfig) -> Result<Self, Failure> {
        let live = config.container == Container::LiveMp4;
        let format = match config.container {
            Container::Mp4 | Container::LiveMp4 => "mp4",
            Container::Mkv => "matroska",
            Container::WebM => "webm",
            Container::Hls => "hls",
            Container::MpegTs => "mpegts",
        };
        let mut output = match &config.path {
            Some(path) => {
                let options = config.options.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                ff::format::output_as_with(path, format, options)?
            }
            None => ff::format::output_as(&format!("pipe:{DATA_FD}"), format)?,
        };
        let fps = config.fps as i32;
        for (header, is_video) in [(&config.video_header, true), (&config.audio_header, false)] {
            let id = match (config.codec, is_video) {
                (Codec::H264, true) => ff::codec::Id::H264,
                (Codec::H264, false) => ff::codec::Id::AAC,
                (Codec::Vp8, true) => ff::codec::Id::VP8,
                (Codec::Vp9, true) => ff::codec::Id::VP9,
                (Codec::Vp8 | Codec::Vp9, false) => ff::codec::Id::OPUS,
            };
            let mut stream = output.add_stream(id)?;
            stream.set_time_base(if is_video { (1, fps) } else { (1, AUDIO_RATE as i32) });
            // SAFETY: the stream was made above and its parameters are its own; `header` is copied
            // into memory that libav allocated with the padding it asks for, and frees itself.
            unsafe {
                let raw = stream.as_mut_ptr();
                let p = (*raw).codecpar;
                (*p).codec_id = id.into();
                if is_video {
                    (*p).codec_type = ffi::AVMediaType::AVMEDIA_TYPE_VIDEO;
                    (*p).width = config.width as i32;
                    (*p).height = config.height as i32;
                    (*p).format = ffi::AVPixelFormat::AV_PIX_FMT_YUV420P as i32;
                    (*p).color_range = ffi::AVColorRange::AVCOL_RANGE_MPEG;
                    (*p).color_space = ffi::AVColorSpace::AVCOL_SPC_BT709;
                    (*p).color_primaries = ffi::AVColorPrimaries::AVCOL_PRI_BT709;
                    (*p).color_trc = ffi::AVColorTransferCharacteristic::AVCOL_TRC_BT709;
                    (*raw).avg_frame_rate = ffi::AVRational { num: fps, den: 1 };
                } else {
                    (*p).codec_type = ffi::AVMediaType::AVMEDIA_TYPE_AUDIO;
                    (*p).sample_rate = AUDIO_RATE as i32;
                    (*p).frame_size = frame_size(config.codec);
                    (*p).initial_padding = pre_skip(config);
                    set_stereo(p);
                }
                let padded = header.len() + ffi::AV_INPUT_BUFFER_PADDING_SIZE as usize;
                (*p).extradata = ffi::av_mallocz(padded).cast();
                if (*p).extradata.is_null() {
                    return Err(ff::Error::Other { errno: 12 }.into());
                }
                std::ptr::copy_nonoverlapping(header.as_ptr(), (*p).extradata, header.len());
                (*p).extradata_size = header.len() as i32;
            }
        }
        let mut options = ff::Dictionary::new();
        match config.container {
            Container::Mp4 => options.set("movflags", "frag_keyframe+empty_moov+default_base_moof"),
            // Without a trailer, which would list every fragment there ever was.
            Container::LiveMp4 => {
                options.set("movflags", "frag_every_frame+empty_moov+default_base_moof+skip_trailer");
            }
            Container::Mkv | Container::WebM => options.set("cluster_time_limit", "2000"),
            Container::Hls => {
                // A segment for each group of pictures, and six of them in the list: what players hold.
                options.set("hls_time", "1");
                options.set("hls_list_size", "6");
                options.set("hls_delete_threshold", "3");
                options.set("hls_segment_type", "fmp4");
                options.set(
                    "hls_flags",
                    "delete_segments+independent_segments+append_list+program_date_time+temp_file+omit_endlist",
                );
            }
            Container::MpegTs => options.set("mpegts_flags", "resend_headers"),
        }
        output.write_header_with(options)?;
        // SAFETY: a plain field of a context that is this muxer's own.
        unsafe { (*output.as_mut_ptr()).flags |= ffi::AVFMT_FLAG_FLUSH_PACKETS };
        // A transport stream can be entered at any keyframe: each carries what a decoder has to know.
        let repeated = if config.container == Container::MpegTs { config.video_header.clone() } else { Vec::new() };
        Ok(Self { output, live, fps, repeated, audio_frame: frame_size(config.codec).into(), origin: None })
    }

    fn write(&mut self, record: &Record) -> Result<(), Failure> {
        let video = match record.kind {
            RecordKind::Video => true,
            RecordKind::Audio => false,
            RecordKind::VideoHeader => {
                // Other headers than those at the beginning: in the stream itself from now on.
                self.repeated.clone_from(&record.data);
                return Ok(());
            }
            _ => return Ok(()),
        };
        // A file begins with a keyframe; sound from before it would come at a negative time.
        if video && record.key && self.origin.is_none() {
            let sample = record.value * i64::from(AUDIO_RATE) / i64::from(self.fps);
            self.origin = Some((record.value, sample));
        }
        let Some((first_frame, first_sample)) = self.origin else { return Ok(()) };
        let time = record.value - if video { first_frame } else { first_sample };
        if time < 0 {
            return Ok(());
        }
        let mut packet = if record.key && !self.repeated.is_empty() {
            ff::Packet::copy(&[self.repeated.as_slice(), &record.data].concat())
        } else {
            ff::Packet::copy(&record.data)
        };
        packet.set_stream(usize::from(!video));
        packet.set_pts(Some(time));
        packet.set_dts(Some(time));
        packet.set_duration(if video { 1 } else { self.audio_frame });
        if record.key || !video {
            packet.set_flags(ff::codec::packet::Flags::KEY);
        }
        let source = if video { (1, self.fps) } else { (1, AUDIO_RATE as i32) };
        let target = self.output.stream(usize::from(!video)).map_or(source.into(), |s| s.time_base());
        packet.rescale_ts(source, target);
        // Interleaving waits for both streams, which a preview has no time for.
        if self.live {
            packet.write(&mut self.output)?;
        } else {
            packet.write_interleaved(&mut self.output)?;
        }
        Ok(())
    }
}

/// Samples of a frame of the sound that goes with a codec.
fn frame_size(codec: Codec) -> i32 {
    match codec {
        Codec::H264 => 1024,
        Codec::Vp8 | Codec::Vp9 => 960,
    }
}

/// Samples that an Opus decoder leaves out at first, as its header says (RFC 7845, section 5.1).
fn pre_skip(config: &MuxConfig) -> i32 {
    match (config.codec, config.audio_header.get(10..12)) {
        (Codec::Vp8 | Codec::Vp9, Some(bytes)) => i32::from(u16::from_le_bytes([bytes[0], bytes[1]])),
        _ => 0,
    }
}

/// Two channels. FFmpeg 5.1 replaced the fields for this and kept the old ones until 7.0; the new
/// ones are in all versions that are supported.
///
/// # Safety
/// `p` points to parameters that nobody else uses.
unsafe fn set_stereo(p: *mut ffi::AVCodecParameters) {
    // SAFETY: as the caller promises.
    unsafe { ffi::av_channel_layout_default(&raw mut (*p).ch_layout, 2) };
}
