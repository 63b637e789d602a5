// The control room: the show's snapshot and events by WebSocket, the program's picture by another.
const $ = (id) => document.getElementById(id);
const port = document.querySelector('meta[name="ws-port"]').content;
const socketUrl = (path) =>
  `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.hostname}:${port}${path}`;

const state = { layers: new Map(), streaming: false, slate: false, notices: [], sequence: null, status: null, socket: null };
let requests = 0;

function connect() {
  const after = state.sequence === null ? '' : `?after=${state.sequence}`;
  const socket = (state.socket = new WebSocket(socketUrl('/ws' + after)));
  socket.onmessage = ({ data }) => receive(JSON.parse(data));
  socket.onopen = () => {
    socket.send(JSON.stringify({ id: String(++requests), meters: true }));
    fetch('/api/v1/slate').then((answer) => answer.json()).then((slate) => { state.slate = slate.on; drawStatus(); }, () => {});
    fetch('/api/v1/notices').then((answer) => answer.json()).then((notices) => { state.notices = notices; drawNotices(); }, () => {});
  };
  socket.onclose = () => {
    badge('no connection', 'warn');
    $('toggle').disabled = $('slate').disabled = true;
    setTimeout(connect, 1000);
    // After a restart the login is void: the page then becomes the login.
    fetch('/').then((page) => { if (page.status === 401) location.reload(); }, () => {});
  };
}

function receive(message) {
  if (message.type === 'snapshot') {
    state.sequence = message.sequence;
    state.streaming = message.streaming;
    state.layers = new Map(message.show.layers.map((layer) => [layer.id, layer]));
    $('show-name').textContent = message.show.name;
    draw();
  } else if (message.type === 'event') {
    if (message.part === message.parts) state.sequence = message.sequence;
    apply(message.event);
  } else if (message.type === 'status') {
    state.status = message.status;
    state.streaming = message.status.streaming;
    drawStatus();
  } else if (message.type === 'meters') {
    drawMeters(message.meters);
  } else if (message.type === 'notice') {
    state.notices.push(message.notice);
    drawNotices();
  } else if (message.type === 'answer' && !message.ok) {
    complain(`${message.problem.field ? message.problem.field + ': ' : ''}${message.problem.detail}`);
  }
}

function apply(event) {
  const before = state.layers.get(event.layer?.id ?? event.id);
  switch (event.type) {
    case 'layerCreated':
    case 'layerUpdated':
      state.layers.set(event.layer.id, event.layer);
      // A layer that only moves does not change the list.
      if (before && before.visible === event.layer.visible && before.zIndex === event.layer.zIndex &&
          describe(before) === describe(event.layer)) return;
      break;
    case 'layerDeleted':
      [event.id, ...(event.inner ?? [])].forEach((id) => state.layers.delete(id));
      break;
    case 'layersReordered':
      event.order.forEach((id, at) => { state.layers.get(id).zIndex = event.zIndexes?.[at] ?? at; });
      break;
    case 'streamStarted':
    case 'streamStopped':
      state.streaming = event.type === 'streamStarted';
      break;
    case 'slateUpdated':
      state.slate = event.slate.on;
      break;
    case 'showLoaded':
    case 'showUpdated':
      state.sequence = null;
      state.socket.close();
      return;
    default:
      return;
  }
  draw();
}

function command(body) {
  if (state.socket?.readyState === WebSocket.OPEN) {
    state.socket.send(JSON.stringify({ id: String(++requests), command: body }));
  }
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function describe(layer) {
  const content = layer.content ?? {};
  return layer.character?.modelUrl ?? content.imageUrl ?? content.content ?? '';
}

function draw() {
  const layers = [...state.layers.values()].sort((a, b) => b.zIndex - a.zIndex);
  $('no-layers').hidden = layers.length > 0;
  $('layers').replaceChildren(...layers.map((layer) => {
    const item = element('li', layer.visible ? '' : 'off');
    const name = element('span', 'name', layer.id);
    const what = String(describe(layer)).slice(0, 60);
    name.append(element('small', '', `${layer.type}${what ? ' · ' + what : ''}`));
    const button = element('button', '', layer.visible ? 'Hide' : 'Show');
    button.onclick = () => command({ setVisibility: { id: layer.id, visible: !layer.visible } });
    item.append(name, button);
    return item;
  }));
  drawStatus();
}

function badge(text, className) {
  $('on-air').textContent = text;
  $('on-air').className = `badge ${className}`;
}

const clock = (seconds) => {
  const part = (n) => String(Math.floor(n)).padStart(2, '0');
  return `${part(seconds / 3600)}:${part((seconds / 60) % 60)}:${part(seconds % 60)}`;
};

let last = null;
function drawStatus() {
  const status = state.status;
  if (!status || state.socket.readyState !== WebSocket.OPEN) return;
  const toggle = $('toggle');
  toggle.textContent = state.streaming ? 'Stop' : 'Start';
  toggle.disabled = $('slate').disabled = false;
  $('slate').textContent = state.slate ? 'Slate off' : 'Slate';
  $('slate').className = state.slate ? 'on' : '';
  const live = status.destinations.filter((d) => d.status.state === 'live').length;
  const total = status.destinations.length;
  if (!status.streaming) badge('off air', '');
  else if (total > 0 && live === total) badge('on air', 'live');
  else badge(`${live} of ${total} live`, 'warn');
  $('time').textContent = `show time ${clock(status.program.time)}`;

  const now = performance.now();
  const { framesSent, framesRepeated, framesSkipped, framesDue, fps } = status.program;
  const bytes = status.encoder.videoBytes;
  if (last && now - last.now > 500) {
    const seconds = (now - last.now) / 1000;
    last = { now, framesSent, bytes, rate: (framesSent - last.framesSent) / seconds, kbps: ((bytes - last.bytes) * 8) / seconds / 1000 };
  } else if (!last) {
    last = { now, framesSent, bytes, rate: fps, kbps: 0 };
  }
  const figures = [
    ['Frame rate', `${last.rate.toFixed(1)} / ${fps}`, last.rate < fps * 0.9],
    ['Video', `${(last.kbps / 1000).toFixed(2)} Mb/s`],
    ['Latency, 95 %', `${status.encoder.latencyP95Ms.toFixed(0)} ms`, status.encoder.latencyP95Ms > 100],
    ['Frames due', framesDue],
    ['Repeated', framesRepeated, framesRepeated > framesDue / 1000],
    ['Skipped', framesSkipped, framesSkipped > framesDue / 1000],
    ['Encoder', status.encoder.alive ? 'at work' : 'starting', !status.encoder.alive],
    ['Replaced', status.encoder.replaced],
  ];
  $('figures').replaceChildren(...figures.map(([name, value, bad]) => {
    const box = element('div');
    box.append(element('dt', '', name), element('dd', bad ? 'bad' : '', String(value)));
    return box;
  }));

  $('no-destinations').hidden = total > 0;
  $('destinations').replaceChildren(...status.destinations.map((d) => {
    const item = element('li');
    const name = element('span', 'name', d.id);
    const why = d.status.reason ? ` · ${d.status.reason}` : '';
    name.title = `${d.url}${why}`;
    const late = d.status.delayMs >= 100 ? ` · ${d.status.delayMs} ms late` : '';
    const lost = d.status.droppedFrames > 0 ? ` · ${d.status.droppedFrames} frames dropped` : '';
    const sent = `${(d.status.sentBytes / 1e6).toFixed(1)} MB`;
    name.append(element('small', '', `${d.status.state} · ${sent}${late}${lost} · ${d.url}${why}`));
    item.append(element('span', `dot ${d.status.state}`), name);
    return item;
  }));
}

const BUSES = ['voice', 'music', 'effects', 'feed'];
// -60 dB and below is empty, 0 dB is full.
const share = (db) => `${Math.max(0, Math.min(100, (db + 60) / 0.6)).toFixed(1)}%`;
let bars = null;
function drawMeters({ buses, program, truePeakDb, shortTermLufs, integratedLufs, limiterDb }) {
  if (!bars) {
    bars = new Map([...BUSES, 'program'].map((name) => {
      const item = element('li', 'meter');
      const bar = element('span', 'bar');
      const rms = element('span', 'rms');
      const peak = element('span', 'peak');
      const value = element('span', 'value');
      bar.append(rms, peak);
      item.append(element('span', 'name', name), bar, value);
      return [name, { item, rms, peak, value }];
    }));
    $('meters').replaceChildren(...[...bars.values()].map(({ item }) => item));
  }
  for (const [name, { rms, peak, value }] of bars) {
    const level = name === 'program' ? program : buses[name];
    rms.style.width = share(level.rmsDb);
    peak.style.left = share(level.peakDb);
    value.textContent = level.peakDb < -60 ? '' : level.peakDb.toFixed(0);
  }
  const lufs = (value) => (value < -60 ? '–' : value.toFixed(1));
  const limited = limiterDb < -0.5 || limiterDb > 0.5 ? ` · limiter ${Math.abs(limiterDb).toFixed(0)} dB` : '';
  $('loudness').textContent =
    `${lufs(shortTermLufs)} LUFS now · ${lufs(integratedLufs)} in all · peak ${truePeakDb.toFixed(1)} dBTP${limited}`;
}

const SAY = {
  destinationChanged: (n) => `${n.id}: ${n.state}${n.reason ? ' · ' + n.reason : ''}`,
  encoderReplaced: () => 'an encoder was replaced',
  qualityChanged: (n) => `quality: ${n.step} · ${n.reason}`,
  framesLost: (n) => `${n.frames} frames lost`,
  slateOn: () => 'the show cannot be drawn: slate on air',
  slateOff: () => 'the show is drawn again',
  serviceRestarted: (n) => `the service died (${n.reason}) and was started again`,
  taskFailed: (n) => `a part of the service failed and began anew: ${n.task}: ${n.reason}`,
  storeChanged: (n) => n.state === 'ok' ? 'the store is back' :
    n.state === 'journal' ? `the store is away, commands go into the journal: ${n.reason}` : `the store is away: ${n.reason}`,
  storeWasCorrupt: () => 'the store was corrupt: what came after its last snapshot is lost',
  memoryOverLimit: (n) => `memory: ${n.usedMib} of ${n.limitMib} MiB`,
};
function drawNotices() {
  state.notices = state.notices.slice(-200);
  $('no-notices').hidden = state.notices.length > 0;
  $('notices').replaceChildren(...state.notices.slice(-8).reverse().map((notice) => {
    const item = element('li');
    const name = element('span', 'name', SAY[notice.type]?.(notice) ?? notice.type);
    name.title = name.textContent;
    item.append(name, element('small', 'dim', new Date(notice.unixMs).toLocaleTimeString()));
    return item;
  }));
}

let hide;
function complain(text) {
  $('error').textContent = text;
  $('error').hidden = false;
  clearTimeout(hide);
  hide = setTimeout(() => { $('error').hidden = true; }, 6000);
}

// Fragments that may wait for the player: some seconds. A player that takes none begins anew.
const BACKLOG = 400;

// The picture. Where a browser cannot play H.264, stills stand in for it.
function watch() {
  const video = $('video');
  let buffer;
  let over = false;
  const queue = [];
  const socket = new WebSocket(socketUrl('/preview'));
  socket.binaryType = 'arraybuffer';
  const end = (next, delay) => {
    if (over) return;
    over = true;
    clearInterval(keepUp);
    socket.close();
    URL.revokeObjectURL(video.src);
    setTimeout(next, delay);
  };
  const again = () => end(watch, 1000);
  const pump = () => {
    if (over || !buffer || buffer.updating || queue.length === 0) return;
    try {
      buffer.appendBuffer(queue.shift());
    } catch {
      again();
    }
  };
  socket.onmessage = ({ data }) => {
    if (typeof data !== 'string') {
      queue.push(data);
      if (queue.length > BACKLOG) again();
      else pump();
      return;
    }
    const { mime } = JSON.parse(data);
    if (!window.MediaSource || !MediaSource.isTypeSupported(mime)) {
      end(stills, 0);
      return;
    }
    const media = new MediaSource();
    video.src = URL.createObjectURL(media);
    media.onsourceopen = () => {
      try {
        buffer = media.addSourceBuffer(mime);
      } catch {
        again();
        return;
      }
      buffer.onupdateend = pump;
      pump();
    };
  };
  socket.onclose = again;
  // Stay near the live edge, and let go of what was seen.
  const keepUp = setInterval(() => {
    if (!buffer || buffer.updating || video.buffered.length === 0) return;
    const edge = video.buffered.end(video.buffered.length - 1);
    if (edge - video.currentTime > 1.5 || video.currentTime < video.buffered.start(0)) video.currentTime = edge - 0.3;
    if (video.paused) video.play().catch(() => {});
    if (edge - video.buffered.start(0) > 30) buffer.remove(0, edge - 15);
    $('video-note').hidden = video.readyState >= 2;
  }, 500);
}

function stills() {
  const still = $('still');
  still.hidden = false;
  still.onload = () => { $('video-note').hidden = true; setTimeout(next, 500); };
  still.onerror = () => setTimeout(next, 2000);
  const next = () => { still.src = `/api/v1/frame.png?${Date.now()}`; };
  next();
}

$('toggle').onclick = () => command(state.streaming ? { stopStream: {} } : { startStream: {} });
$('slate').onclick = () => command(state.slate ? { updateSlate: { patch: { on: false } } } : { panic: {} });
$('sound').onclick = () => {
  const video = $('video');
  video.muted = !video.muted;
  $('sound').textContent = video.muted ? 'Sound on' : 'Sound off';
};
connect();
watch();
