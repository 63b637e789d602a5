//! Sound that is decoded and resampled, ready to be mixed.

/// Stereo samples at [`crate::RATE`], kept in 16 bits: 192 kB a second.
pub struct Clip {
    samples: Vec<[i16; 2]>,
}

impl Clip {
    /// A clip of these samples.
    #[must_use]
    pub fn new(samples: Vec<[i16; 2]>) -> Self {
        Self { samples }
    }

    /// Its length in samples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.samples.len()
    }

    /// Whether it has no sample.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// Its samples.
    #[must_use]
    pub fn samples(&self) -> &[[i16; 2]] {
        &self.samples
    }
}

impl std::fmt::Debug for Clip {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Clip({} samples)", self.samples.len())
    }
}
