//! From a URL to bytes.

use crate::MediaError;
use base64::Engine;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The largest image file.
pub(crate) const MAX_IMAGE_BYTES: u64 = 32 * 1024 * 1024;
/// The largest sound file.
pub(crate) const MAX_SOUND_BYTES: u64 = 256 * 1024 * 1024;
/// How long a download may take in all.
const DOWNLOAD_TIME: Duration = Duration::from_secs(20);

/// Reads at most `max` bytes from `url`: a path below one of `roots`, or an `http(s):` or `data:`
/// URL.
pub(crate) fn bytes(url: &str, roots: &[PathBuf], max: u64) -> Result<Vec<u8>, MediaError> {
    let unavailable = |reason: String| MediaError::Unavailable { url: short(url), reason };
    let bytes = if let Some(data) = url.strip_prefix("data:") {
        data_url(data).map_err(unavailable)?
    } else if url.starts_with("http://") || url.starts_with("https://") {
        download(url, max).map_err(unavailable)?
    } else {
        let path = find(url.strip_prefix("file:").unwrap_or(url), roots).map_err(unavailable)?;
        let file = std::fs::File::open(&path).map_err(|e| unavailable(e.to_string()))?;
        let mut bytes = Vec::new();
        file.take(max + 1).read_to_end(&mut bytes).map_err(|e| unavailable(e.to_string()))?;
        bytes
    };
    if bytes.len() as u64 > max {
        return Err(unavailable(format!("larger than the {max} bytes allowed")));
    }
    Ok(bytes)
}

/// The URL as it may stand in an error.
pub(crate) fn short(url: &str) -> String {
    if url.starts_with("data:") {
        return "data: URL".to_owned();
    }
    // A query may hold a signature, and what stands before an @ a password.
    let plain = url.split('?').next().unwrap_or(url);
    let plain = match (plain.split_once("://"), plain.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://{host}"),
        _ => plain.to_owned(),
    };
    plain.chars().take(200).collect()
}

/// The file of that name below one of the roots; links that lead out of them are not followed.
fn find(name: &str, roots: &[PathBuf]) -> Result<PathBuf, String> {
    let name = Path::new(name.trim_start_matches("//"));
    for root in roots {
        let (Ok(root), Ok(path)) = (root.canonicalize(), root.join(name).canonicalize()) else { continue };
        if path.starts_with(&root) && path.is_file() {
            return Ok(path);
        }
    }
    let roots: Vec<String> = roots.iter().map(|r| r.display().to_string()).collect();
    Err(format!("there is no such file below {}", roots.join(" or ")))
}

/// RFC 2397: `[<media type>][;base64],<data>`.
fn data_url(rest: &str) -> Result<Vec<u8>, String> {
    let (head, body) = rest.split_once(',').ok_or("a data: URL has a comma before its data")?;
    let body: Vec<u8> = percent_encoding::percent_decode_str(body).collect();
    if head.ends_with(";base64") {
        let engine = base64::engine::general_purpose::STANDARD;
        engine.decode(body).map_err(|e| format!("the base64 of the data: URL is broken: {e}"))
    } else {
        Ok(body)
    }
}

fn download(url: &str, max: u64) -> Result<Vec<u8>, String> {
    let agent: ureq::Agent = ureq::Agent::config_builder().timeout_global(Some(DOWNLOAD_TIME)).build().into();
    let mut response = agent.get(url).call().map_err(|e| e.to_string())?;
    response.body_mut().with_config().limit(max).read_to_vec().map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_below_the_roots_only() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("assets");
        std::fs::create_dir(&root).unwrap();
        std::fs::write(root.join("in.txt"), "in").unwrap();
        std::fs::write(dir.path().join("out.txt"), "out").unwrap();
        std::os::unix::fs::symlink(dir.path().join("out.txt"), root.join("link.txt")).unwrap();
        let read = |url: &str| bytes(url, std::slice::from_ref(&root), 100).map_err(|e| e.to_string());
        assert_eq!(read("in.txt").unwrap(), b"in");
        assert_eq!(read("file:in.txt").unwrap(), b"in");
        for outside in ["../out.txt", "link.txt", "/etc/hostname", "nothing.txt"] {
            assert!(read(outside).unwrap_err().contains("no such file"), "{outside}");
        }
        std::fs::write(root.join("long.txt"), [0; 101]).unwrap();
        assert!(read("long.txt").unwrap_err().contains("larger than the 100 bytes"));
    }

    #[test]
    fn data_urls_carry_their_bytes() {
        assert_eq!(bytes("data:text/plain;base64,aGk=", &[], 10).unwrap(), b"hi");
        assert_eq!(bytes("data:,h%69", &[], 10).unwrap(), b"hi");
        assert!(bytes("data:;base64,???", &[], 10).is_err());
    }
}
