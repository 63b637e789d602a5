//! The back end on graphics cards, through `wgpu` (Vulkan or OpenGL ES).
//!
//! It draws the same lists as the CPU back end and gives the same pixels, but for the last bit of
//! blend modes that divide, of masks' turned edges, and of meshes that lie over themselves: the
//! arithmetic is in the same integers. (A video that lies pixel on pixel is copied by the CPU and goes
//! through RGB here: what is outside of the legal range is cut off.) The CPU still does what filters
//! and meshes need; their results are uploaded like any raster.
//!
//! A picture is drawn, converted to I420 and copied to a buffer of a ring; it is read one call
//! later, when the card is already at work on the next.

mod arena;
mod program;

use crate::affine::Affine;
use crate::cpu::Timings;
use crate::damage::{BAND, Damage};
use crate::list::DisplayList;
use crate::patch::Scratch;
use crate::picture::Picture;
use crate::surface::Surfaces;
use arena::Arena;
use fearless_simd::Level;
use program::{DEPTHS, Program, Sheets};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use wgpu::{
    BindGroup, BindGroupDescriptor, BindGroupEntry, Buffer, BufferDescriptor, BufferUsages, CommandEncoder,
    ComputePipeline, Device, Queue, SubmissionIndex,
};

/// How many pictures are under way at the end of a call.
const AHEAD: usize = 1;
/// How long a driver may take to make machine code of the shaders.
const PREPARATION: Duration = Duration::from_secs(60);

/// What a graphics card may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GpuLimits {
    /// Bytes of rasters that are kept on it.
    pub memory: u64,
    /// How long it may work on a picture: one that takes longer is given up.
    pub patience: Duration,
    /// Whether it may be one that the CPU plays, such as Mesa's lavapipe: for tests.
    pub software: bool,
}

/// Why the graphics card did not draw.
#[derive(Debug, thiserror::Error)]
pub enum GpuError {
    /// There is none that can be used.
    #[error("no graphics card can be used: {0}")]
    NoDevice(String),
    /// It went away, or does not answer.
    #[error("the graphics card was lost: {0}")]
    Lost(String),
    /// The picture needs more memory, or more layers in layers, than it has.
    #[error("the picture does not fit into the memory that the graphics card may use")]
    TooLarge,
}

/// What a graphics card is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GpuInfo {
    /// Its name and driver.
    pub name: String,
    /// Whether it is the CPU that does its work.
    pub is_software: bool,
}

/// Draws on a graphics card. A picture comes out one call after its list went in.
pub struct GpuRenderer {
    info: GpuInfo,
    device: Device,
    queue: Queue,
    /// For each depth of the stack.
    draw: [ComputePipeline; DEPTHS.len()],
    convert: ComputePipeline,
    arena: Arena,
    head: Buffer,
    code: Buffer,
    pixels: Buffer,
    planes: Buffer,
    bound: Option<BindGroup>,
    /// Buffers that a picture is read from; those that are not under way.
    ring: Vec<Buffer>,
    under_way: VecDeque<UnderWay>,
    /// Bytes from one row of luma to the next.
    stride: u32,
    /// The list that was drawn last.
    drawn: Option<DisplayList>,
    picture: Picture,
    damage: Damage,
    surfaces: Surfaces,
    sheets: Sheets,
    scratch: Scratch,
    lost: Arc<Lost>,
    patience: Duration,
    /// Which pipeline is the least to be used.
    least_depth: usize,
    clock: fn() -> Duration,
    timings: Timings,
}

/// A picture that the card works on.
struct UnderWay {
    damage: Damage,
    /// Where it will be read from; nothing where it is the one before.
    reading: Option<(Buffer, SubmissionIndex, Arc<AtomicBool>)>,
}

/// What the card's driver has told.
#[derive(Default)]
struct Lost {
    is_lost: AtomicBool,
    why: std::sync::Mutex<String>,
}

impl Lost {
    fn tell(&self, why: String) {
        // What comes after the first error follows from it.
        if let (Ok(mut told), false) = (self.why.lock(), self.is_lost.load(Ordering::Acquire)) {
            *told = why;
        }
        self.is_lost.store(true, Ordering::Release);
    }

    fn check(&self) -> Result<(), GpuError> {
        if !self.is_lost.load(Ordering::Acquire) {
            return Ok(());
        }
        Err(GpuError::Lost(self.why.lock().map(|why| why.clone()).unwrap_or_default()))
    }
}

impl GpuRenderer {
    /// A renderer of pictures of `width` x `height` pixels, both even. `clock` measures what its
    /// stages cost this thread. It may take seconds: the driver compiles what the card will run.
    ///
    /// # Errors
    /// There is no card, or it cannot do what is asked of it.
    pub fn new(width: u32, height: u32, limits: GpuLimits, clock: fn() -> Duration) -> Result<Self, GpuError> {
        let no_device = |e: &dyn std::fmt::Display| GpuError::NoDevice(e.to_string());
        let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
            backends: wgpu::Backends::VULKAN | wgpu::Backends::GL,
            ..wgpu::InstanceDescriptor::new_without_display_handle()
        });
        let options = wgpu::RequestAdapterOptions {
            power_preference: wgpu::PowerPreference::HighPerformance,
            ..Default::default()
        };
        let adapter = pollster::block_on(instance.request_adapter(&options)).map_err(|e| no_device(&e))?;
        let about = adapter.get_info();
        let info = GpuInfo {
            name: format!("{} ({} {})", about.name, about.driver, about.driver_info),
            is_software: about.device_type == wgpu::DeviceType::Cpu,
        };
        if info.is_software && !limits.software {
            return Err(GpuError::NoDevice(format!("{} is played by the CPU", info.name)));
        }
        let most = adapter.limits();
        let required_limits = wgpu::Limits {
            max_storage_buffer_binding_size: most.max_storage_buffer_binding_size,
            max_buffer_size: most.max_buffer_size,
            ..wgpu::Limits::downlevel_defaults()
        };
        let budget = limits.memory.min(most.max_storage_buffer_binding_size).min(most.max_buffer_size);
        let descriptor = wgpu::DeviceDescriptor { required_limits, ..Default::default() };
        let (device, queue) = pollster::block_on(adapter.request_device(&descriptor)).map_err(|e| no_device(&e))?;
        let lost = Arc::new(Lost::default());
        let (on_loss, on_error) = (lost.clone(), lost.clone());
        device.set_device_lost_callback(move |_, why| on_loss.tell(why));
        device.on_uncaptured_error(Arc::new(move |error| on_error.tell(error.to_string())));
        let layout = layout(&device);
        let pipeline = |name: &str, depth: usize| {
            // An array's length is a constant of the shader.
            let shader = include_str!("gpu/shader.wgsl").replace("DEPTH = 4u", &format!("DEPTH = {depth}u"));
            let source = wgpu::ShaderSource::Wgsl(shader.into());
            let module = device.create_shader_module(wgpu::ShaderModuleDescriptor { label: Some("shader"), source });
            let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
                bind_group_layouts: &[Some(&layout)],
                ..Default::default()
            });
            device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: Some(name),
                layout: Some(&pipeline_layout),
                module: &module,
                entry_point: Some(name),
                compilation_options: Default::default(),
                cache: None,
            })
        };
        let stride = width.next_multiple_of(8);
        let bytes = u64::from(stride) * u64::from(height) * 3 / 2;
        let buffer = |label: &str, size: u64, usage: BufferUsages| {
            let size = size.next_multiple_of(4);
            device.create_buffer(&BufferDescriptor { label: Some(label), size, usage, mapped_at_creation: false })
        };
        let reading = BufferUsages::COPY_DST | BufferUsages::MAP_READ;
        let mut renderer = Self {
            draw: DEPTHS.map(|depth| pipeline("draw", depth)),
            convert: pipeline("convert", DEPTHS[0]),
            arena: Arena::new(&device, budget),
            head: buffer("head", 32, BufferUsages::UNIFORM | BufferUsages::COPY_DST),
            code: buffer("code", 1 << 18, BufferUsages::STORAGE | BufferUsages::COPY_DST),
            pixels: buffer(
                "picture",
                u64::from(width) * u64::from(height) * 4,
                BufferUsages::STORAGE | BufferUsages::COPY_SRC,
            ),
            planes: buffer("planes", bytes, BufferUsages::STORAGE | BufferUsages::COPY_SRC),
            bound: None,
            ring: (0..=AHEAD).map(|_| buffer("ring", bytes, reading)).collect(),
            under_way: VecDeque::new(),
            stride,
            drawn: None,
            picture: Picture::new(width, height),
            damage: Damage::none(width, height),
            surfaces: Surfaces::default(),
            sheets: Sheets::default(),
            scratch: Scratch::default(),
            info,
            device,
            queue,
            lost,
            clock,
            timings: Timings::default(),
            patience: PREPARATION,
            least_depth: 0,
        };
        // The driver compiles at the first use: a black picture, as it is before the first.
        for depth in (0..DEPTHS.len()).rev() {
            renderer.least_depth = depth;
            renderer.begin(&DisplayList { background: [0; 3], items: Vec::new() })?;
            renderer.finish()?;
        }
        renderer.patience = limits.patience;
        Ok(renderer)
    }

    /// What the card is.
    #[must_use]
    pub fn info(&self) -> &GpuInfo {
        &self.info
    }

    /// Begins to draw `list`; gives which part of [`GpuRenderer::picture`] is new, which is now what
    /// the list of the call before says. At the first call, it is black.
    ///
    /// # Errors
    /// The card is lost: nothing comes from it any more. Or the picture does not fit: then
    /// [`GpuRenderer::forget`] before the next.
    pub fn render(&mut self, list: DisplayList) -> Result<&Damage, GpuError> {
        let began = (self.clock)();
        self.begin(&list)?;
        self.drawn = Some(list);
        let begun = (self.clock)();
        self.damage = Damage::none(self.picture.width(), self.picture.height());
        if self.under_way.len() > AHEAD {
            self.finish()?;
        }
        self.timings.draw += begun.saturating_sub(began);
        self.timings.convert += (self.clock)().saturating_sub(begun);
        Ok(&self.damage)
    }

    /// Begins anew: the next call is a first one.
    pub fn forget(&mut self) {
        self.drawn = None;
        while !self.under_way.is_empty() && self.finish().is_ok() {}
    }

    /// The picture that was finished last.
    #[must_use]
    pub fn picture(&self) -> &Picture {
        &self.picture
    }

    /// What rendering has cost this thread so far: recording and submitting, and waiting and copying.
    #[must_use]
    pub fn timings(&self) -> Timings {
        self.timings
    }

    /// Opaque RGBA of the list that was drawn last: for stills and tests.
    ///
    /// # Errors
    /// The card is lost.
    pub fn read_pixels(&mut self) -> Result<Vec<u8>, GpuError> {
        let buffer = self.device.create_buffer(&BufferDescriptor {
            label: Some("still"),
            size: self.pixels.size(),
            usage: BufferUsages::COPY_DST | BufferUsages::MAP_READ,
            mapped_at_creation: false,
        });
        let mut encoder = self.device.create_command_encoder(&Default::default());
        encoder.copy_buffer_to_buffer(&self.pixels, 0, &buffer, 0, None);
        let (submission, ready) = self.submit(encoder, &buffer);
        self.wait(submission, &ready)?;
        let view = buffer.get_mapped_range(..).map_err(|e| GpuError::Lost(e.to_string()))?;
        Ok(view.to_vec())
    }

    /// Takes the card away, as a driver would that crashes: for tests of what happens then.
    pub fn lose(&self) {
        self.device.destroy();
    }

    /// Hands a list's program to the card.
    fn begin(&mut self, list: &DisplayList) -> Result<(), GpuError> {
        self.lost.check()?;
        let (width, height) = (self.picture.width(), self.picture.height());
        let damage = match &self.drawn {
            Some(drawn) => Damage::between(drawn, list, width, height),
            None => Damage::all(width, height),
        };
        if damage.is_empty() {
            self.under_way.push_back(UnderWay { damage, reading: None });
            return Ok(());
        }
        let whole = [0, 0, width as i32, height as i32];
        self.surfaces.prepare(Level::new(), &list.items, Affine::IDENTITY, whole, &mut self.scratch);
        self.sheets.begin();
        let program = Program::of(list, &self.surfaces, &mut self.sheets, damage.tiles(), whole);
        let program = program.ok_or(GpuError::TooLarge)?;
        let placed = self.arena.place(&self.device, &self.queue, &program.textures);
        let (places, rebind) = placed.ok_or(GpuError::TooLarge)?;
        if rebind {
            self.bound = None;
        }
        let [r, g, b] = list.background;
        let background = u32::from_le_bytes([r, g, b, 255]);
        let head = [width, height, self.stride, background, program.tiles_at, 0, 0, 0];
        let (tiles, depth) = (program.tiles, program.depth.max(self.least_depth));
        let draw = &self.draw[depth];
        let code = program.placed(&places);
        let bytes: &[u8] = bytemuck::cast_slice(&code);
        if bytes.len() as u64 > self.code.size() {
            let size = (bytes.len() as u64).next_power_of_two();
            let limits = self.device.limits();
            if size > limits.max_storage_buffer_binding_size.min(limits.max_buffer_size) {
                return Err(GpuError::TooLarge);
            }
            let usage = BufferUsages::STORAGE | BufferUsages::COPY_DST;
            let descriptor = BufferDescriptor { label: Some("code"), size, usage, mapped_at_creation: false };
            self.code = self.device.create_buffer(&descriptor);
            self.bound = None;
        }
        self.queue.write_buffer(&self.head, 0, bytemuck::cast_slice(&head));
        self.queue.write_buffer(&self.code, 0, bytes);
        let bound = self.bound.get_or_insert_with(|| {
            let buffers = [&self.head, self.arena.buffer(), &self.code, &self.pixels, &self.planes];
            let entries: Vec<BindGroupEntry<'_>> = (0..)
                .zip(buffers)
                .map(|(binding, buffer)| BindGroupEntry { binding, resource: buffer.as_entire_binding() })
                .collect();
            let layout = draw.get_bind_group_layout(0);
            self.device.create_bind_group(&BindGroupDescriptor { label: None, layout: &layout, entries: &entries })
        });
        let mut encoder = self.device.create_command_encoder(&Default::default());
        for (pipeline, rows) in [(draw, BAND / 4), (&self.convert, 1)] {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            pass.set_pipeline(pipeline);
            pass.set_bind_group(0, &*bound, &[]);
            pass.dispatch_workgroups(tiles, rows, 1);
        }
        let buffer = self.ring.pop().ok_or_else(|| GpuError::Lost("no buffer is free".to_owned()))?;
        // Rows of the three planes, from the first band that is new to the last.
        let bands: Vec<u32> = damage.runs().flat_map(|[_, top, _, bottom]| [top, bottom]).collect();
        let (top, bottom) = (bands.iter().min().copied().unwrap_or(0), bands.iter().max().copied().unwrap_or(0));
        for [at, stride, first, last] in self.plane_rows(top, bottom) {
            let (from, size) = (at + first * stride, (last - first) * stride);
            encoder.copy_buffer_to_buffer(&self.planes, from, &buffer, from, size);
        }
        let (submission, ready) = self.submit(encoder, &buffer);
        self.under_way.push_back(UnderWay { damage, reading: Some((buffer, submission, ready)) });
        self.lost.check()
    }

    /// For each plane: where it begins, bytes in a row, and the rows of `top` to `bottom`.
    fn plane_rows(&self, top: u32, bottom: u32) -> [[u64; 4]; 3] {
        let (stride, height) = (u64::from(self.stride), u64::from(self.picture.height()));
        let (top, bottom) = (u64::from(top), u64::from(bottom));
        let half = |at: u64| [at, stride / 2, top / 2, bottom / 2];
        [[0, stride, top, bottom], half(stride * height), half(stride * height * 5 / 4)]
    }

    fn submit(&self, encoder: CommandEncoder, buffer: &Buffer) -> (SubmissionIndex, Arc<AtomicBool>) {
        let submission = self.queue.submit([encoder.finish()]);
        let ready = Arc::new(AtomicBool::new(false));
        let done = ready.clone();
        buffer.map_async(wgpu::MapMode::Read, .., move |result| done.store(result.is_ok(), Ordering::Release));
        (submission, ready)
    }

    fn wait(&self, submission: SubmissionIndex, ready: &AtomicBool) -> Result<(), GpuError> {
        let wait = wgpu::PollType::Wait { submission_index: Some(submission), timeout: Some(self.patience) };
        // A device that is lost while it is waited for makes `poll` panic (wgpu 30, `handle_error_fatal`).
        let polled = catch_unwind(AssertUnwindSafe(|| self.device.poll(wait)));
        polled
            .map_err(|_| GpuError::Lost("it went away while it drew".to_owned()))?
            .map_err(|e| GpuError::Lost(e.to_string()))?;
        self.lost.check()?;
        if ready.load(Ordering::Acquire) { Ok(()) } else { Err(GpuError::Lost("a picture cannot be read".to_owned())) }
    }

    /// Waits for the picture that has been under way for longest, and reads what is new in it.
    fn finish(&mut self) -> Result<(), GpuError> {
        let Some(UnderWay { damage, reading }) = self.under_way.pop_front() else { return Ok(()) };
        if let Some((buffer, submission, ready)) = reading {
            self.wait(submission, &ready)?;
            let view = buffer.get_mapped_range(..).map_err(|e| GpuError::Lost(e.to_string()))?;
            let (width, strides) = (self.picture.width() as usize, self.plane_rows(0, 0));
            let (y, u, v) = self.picture.planes_mut();
            for [left, top, right, bottom] in damage.runs() {
                for ((plane, [at, stride, ..]), half) in
                    [&mut *y, &mut *u, &mut *v].into_iter().zip(strides).zip([1, 2, 2])
                {
                    let [left, top, right, bottom] = [left, top, right, bottom].map(|side| side as usize / half);
                    for row in top..bottom {
                        let from = at as usize + row * stride as usize;
                        let to = row * (width / half);
                        plane[to + left..to + right].copy_from_slice(&view[from + left..from + right]);
                    }
                }
            }
            drop(view);
            buffer.unmap();
            self.ring.push(buffer);
        }
        self.damage = damage;
        Ok(())
    }
}

fn layout(device: &Device) -> wgpu::BindGroupLayout {
    use wgpu::BufferBindingType::{Storage, Uniform};
    let kinds = [
        Uniform,
        Storage { read_only: true },
        Storage { read_only: true },
        Storage { read_only: false },
        Storage { read_only: false },
    ];
    let entry = |(binding, ty)| wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::COMPUTE,
        ty: wgpu::BindingType::Buffer { ty, has_dynamic_offset: false, min_binding_size: None },
        count: None,
    };
    let entries: Vec<_> = (0..).zip(kinds).map(entry).collect();
    device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: None, entries: &entries })
}
