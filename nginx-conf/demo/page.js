// Draws the SYN, names its fields, writes times as people do, copies the JSON or a link to it, and
// asks for it again. All values are in the page before: nginx has written them there. A link
// carries another visitor's.
'use strict';

const OPTIONS = {
  0: ['End of list', 'what follows is padding'],
  1: ['No operation', 'fills up to whole words; where it stands is the system’s habit'],
  2: ['Maximum segment size', 'the most bytes that the client takes in one segment'],
  3: ['Window scale', 'the windows to come are shifted to the left by so much'],
  4: ['SACK permitted', 'the client takes selective acknowledgments'],
  5: ['SACK', 'has no place in a SYN'],
  8: ['Timestamps', 'the client’s clock, and the other side’s as it last saw it'],
  19: ['MD5 signature', 'of BGP'],
  28: ['User timeout', 'how long the client waits for an acknowledgment'],
  29: ['Authentication', 'TCP-AO'],
  30: ['Multipath TCP', 'the client can use several paths at once'],
  34: ['Fast Open', 'a cookie that lets a SYN carry data, or the wish for one'],
  69: ['Encryption negotiation', 'tcpcrypt'],
};
const LAYERS = { ip: 'IP', tcp: 'TCP', option: 'TCP option' };
const FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR', 'AE'];

const HOPS = 'each router on the way takes one off what the system began with: 64, 128 or 255';

const byId = (id) => document.getElementById(id);
const bytesOf = (hex) => (hex.match(/../g) ?? []).map((digits) => parseInt(digits, 16));
const number = (bytes) => bytes.reduce((sum, byte) => sum * 256 + byte, 0);
const digits = (bytes) => bytes.map((byte) => byte.toString(16).padStart(2, '0'));
const plain = (bytes) => String(number(bytes));
const dotted = (bytes) => bytes.join('.');
const grouped = (bytes) => digits(bytes).join('').match(/.{1,4}/g).join(':');

function fragment([b, c]) {
  return `${b & 64 ? 'Don’t Fragment' : 'may be fragmented'}, offset ${(b & 31) << 8 | c}`;
}

function versionToLabel([a, b, c, d]) {
  const [trafficClass, label] = [(a & 15) << 4 | b >> 4, (b & 15) << 16 | c << 8 | d];
  return `version ${a >> 4}, class ${trafficClass}, label ${label}`;
}

function lengthAndFlags([b, c]) {
  const set = FLAGS.filter((_, bit) => ((b & 1) << 8 | c) >> bit & 1);
  return `${(b >> 4) * 4} bytes; ${set.join(', ')}`;
}

// Of each header: name, length in bytes, what its value is called, and what it means.
const IPV4 = [
  ['Version and header length', 1, ([b]) => `version ${b >> 4}, ${(b & 15) * 4} bytes`, ''],
  ['Type of service', 1, ([b]) => `DSCP ${b >> 2}, ECN ${b & 3}`, ''],
  ['Total length', 2, plain, 'bytes of the whole packet'],
  ['Identification', 2, plain, 'some systems count it up, some send 0, some draw it at random'],
  ['Flags and fragment', 2, fragment, ''],
  ['Time to live', 1, plain, HOPS],
  ['Protocol', 1, plain, '6 is TCP'],
  ['Header checksum', 2, plain, ''],
  ['Source address', 4, dotted, ''],
  ['Destination address', 4, dotted, ''],
];
const IPV6 = [
  ['Version, class and flow label', 4, versionToLabel, ''],
  ['Payload length', 2, plain, 'bytes behind this header'],
  ['Next header', 1, plain, '6 is TCP'],
  ['Hop limit', 1, plain, HOPS],
  ['Source address', 16, grouped, ''],
  ['Destination address', 16, grouped, ''],
];
const TCP = [
  ['Source port', 2, plain, ''],
  ['Destination port', 2, plain, ''],
  ['Sequence number', 4, plain, 'where the client begins to count; drawn at random'],
  ['Acknowledgment number', 4, plain, '0 in the SYN of a system'],
  ['Header length and flags', 2, lengthAndFlags, ''],
  ['Window', 2, plain, 'bytes that the client takes at first; each system has its own rule'],
  ['Checksum', 2, plain, ''],
  ['Urgent pointer', 2, plain, '0 in the SYN of a system'],
];

// The fields of a SYN, in order; what is cut off is not there.
function fieldsOf(bytes) {
  const fields = [];
  let at = 0;
  const take = (layer, name, length, show, about) => {
    const taken = bytes.slice(at, at + length);
    if (taken.length) {
      const value = taken.length === length ? show(taken) : 'cut off';
      fields.push({ layer, name, at, bytes: taken, value, about });
    }
    at += length;
  };
  const header = (layer, parts) => parts.forEach((part) => take(layer, ...part));
  const hex = (taken) => digits(taken).join('');

  if (bytes[0] >> 4 === 6) {
    header('ip', IPV6);
    // Hop-by-hop, routing and destination options say what is behind them, and how long they are.
    for (let next = bytes[6]; [0, 43, 60].includes(next) && at < bytes.length;) {
      next = bytes[at];
      take('ip', 'Extension header', (bytes[at + 1] + 1) * 8 || 2, hex, '');
    }
  } else {
    header('ip', IPV4);
    const length = (bytes[0] & 15) * 4;
    if (length > at) take('ip', 'IP options', length - at, hex, '');
  }
  const end = at + (bytes[at + 12] >> 4) * 4;
  header('tcp', TCP);
  while (at < Math.min(end, bytes.length)) {
    const kind = bytes[at];
    const [name, about] = OPTIONS[kind] ?? [`Option ${kind}`, 'not a usual one'];
    const length = kind < 2 ? 1 : Math.max(2, bytes[at + 1] || 0);
    take('option', name, Math.min(length, end - at), (taken) => optionValue(kind, taken), about);
    if (kind === 0 && at < end) take('option', 'Padding', end - at, hex, '');
  }
  return fields;
}

function optionValue(kind, bytes) {
  const value = bytes.slice(2);
  if (kind === 8 && value.length === 8) {
    return `${plain(value.slice(0, 4))} and ${plain(value.slice(4))}`;
  }
  if ((kind === 2 && value.length === 2) || (kind === 3 && value.length === 1)) return plain(value);
  return digits(value).join('');
}

function button({ layer, name, bytes }) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = layer;
  button.tabIndex = -1;
  button.style.setProperty('--bytes', Math.min(bytes.length, 4));
  button.setAttribute('aria-pressed', 'false');
  const label = document.createElement('span');
  label.textContent = name;
  const hex = document.createElement('code');
  hex.textContent = digits(bytes).join(' ');
  button.append(label, ' ', hex);
  return button;
}

function drawSyn(hex = '') {
  const [drawing, named] = [byId('bytes'), byId('named')];
  // What was chosen of the same SYN stays so.
  if (drawing.dataset.syn === hex) return;
  drawing.dataset.syn = hex;
  named.textContent = named.dataset.prompt ??= named.textContent;
  const fields = fieldsOf(bytesOf(hex));
  const buttons = fields.map(button);
  const choose = (chosen) => {
    buttons.forEach((button, i) => button.setAttribute('aria-pressed', String(i === chosen)));
    const { layer, name, at, bytes, value, about } = fields[chosen];
    const where = bytes.length > 1 ? `bytes ${at} to ${at + bytes.length - 1}` : `byte ${at}`;
    const tail = `${value && `: ${value}`}${about && ` – ${about}`}`;
    named.textContent = `${name} (${LAYERS[layer]}, ${where})${tail}.`;
  };
  // One stop for the Tab key; from there the arrows lead on.
  const go = (from, to) => {
    buttons[from].tabIndex = -1;
    buttons[to].tabIndex = 0;
    buttons[to].focus();
  };
  buttons.forEach((button, i) => {
    button.addEventListener('click', () => choose(i));
    button.addEventListener('focus', () => {
      buttons.forEach((other) => { other.tabIndex = other === button ? 0 : -1; });
    });
    button.addEventListener('keydown', (event) => {
      const last = buttons.length - 1;
      const to = {
        ArrowRight: Math.min(i + 1, last), ArrowDown: Math.min(i + 1, last),
        ArrowLeft: Math.max(i - 1, 0), ArrowUp: Math.max(i - 1, 0), Home: 0, End: last,
      }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      go(i, to);
    });
  });
  if (buttons.length) buttons[0].tabIndex = 0;
  drawing.replaceChildren(...buttons);
  drawing.hidden = named.hidden = !buttons.length;
  byId('hex').hidden = buttons.length > 0;

  const options = fields.filter(({ layer, name }) => layer === 'option' && name !== 'Padding');
  byId('options').replaceChildren(...options.map(({ name, value, about }) => {
    const item = document.createElement('li');
    const strong = document.createElement('strong');
    strong.textContent = value ? `${name} ${value}` : name;
    item.append(strong, `: ${about}`);
    return item;
  }));
  byId('options').hidden = !options.length;
}

// A bar for each, the longest over the whole width.
function drawTimes(values) {
  const names = ['rtt', 'tls_rtt', 'rtt_gap'];
  const longest = Math.max(...names.map((name) => values[name] ?? 0), 1);
  for (const name of names) {
    const row = document.querySelector(`[data-field=${name}]`).parentElement;
    row.style.setProperty('--share', `${100 * (values[name] ?? 0) / longest}%`);
  }
}

// Every number as it came: some have more digits than JavaScript's.
const pretty = (text) => text.trim().replace(/"(?:[^"\\]|\\.)*"|[{},:]/g, (part) => ({
  '{': '{\n  ', '}': '\n}', ',': ',\n  ', ':': ': ',
}[part] ?? part));

function minutes(value) {
  const [days, hours] = [Math.floor(value / 1440), Math.floor(value / 60) % 24];
  return [[days, 'd'], [hours, 'h'], [value % 60, 'min']]
    .filter(([count], i) => count || i === 2).map((part) => part.join(' ')).join(' ');
}

const UNITS = {
  us: (value) => `${(value / 1000).toLocaleString('en', { maximumSignificantDigits: 3 })} ms`,
  // In the visitor's zone, which it names.
  date: (value) =>
    new Date(value * 1000).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'long' }),
  minutes,
};

function replaceValues(values) {
  for (const place of document.querySelectorAll('[data-field]')) {
    const { field, unit } = place.dataset;
    const value = values[field] ?? 'absent';
    place.textContent = typeof value === 'number' && unit ? UNITS[unit](value) : value;
  }
  for (const verdict of document.querySelectorAll('[data-mismatch]')) {
    verdict.hidden = verdict.dataset.mismatch !== String(values.os_mismatch ?? '');
  }
}

// The JSON of this visitor, and the one that is shown.
let own = byId('json').textContent;
let shown;

function draw(text) {
  const values = JSON.parse(text);
  drawSyn(values.syn);
  drawTimes(values);
  replaceValues(values);
  byId('json').textContent = pretty(text);
  shown = text.trim();
  return values;
}

// The JSON in a link: base64 with the alphabet for URLs (RFC 4648, section 5).
function toLink(text) {
  const binary = String.fromCharCode(...new TextEncoder().encode(text));
  const word = btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return `${location.href.split('#')[0]}#${word}`;
}

function fromLink(word) {
  const binary = atob(word.replaceAll('-', '+').replaceAll('_', '/'));
  return new TextDecoder().decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)));
}

// What no JSON tells is this visitor's own, and hidden beside another's.
function say(about, isOwn) {
  byId('shared').textContent = about;
  byId('shared').hidden = !about;
  for (const part of document.querySelectorAll('[data-own]')) part.hidden = !isOwn;
}

function showLink() {
  const word = location.hash.slice(1);
  if (!word) return;
  try {
    const text = fromLink(word);
    if (!JSON.parse(text).syn_status) throw new Error('no result');
    draw(text);
    say('Somebody shared this result: it is not yours. Anybody can write such a link.', false);
  } catch {
    draw(own);
    say('The link holds no result. This is yours.', true);
  }
}

async function askAgain() {
  try {
    const answer = await fetch('json', { cache: 'no-store' });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const text = await answer.text();
    const same = draw(text).src_port === JSON.parse(own).src_port;
    own = text;
    history.replaceState(null, '', location.href.split('#')[0]);
    say('', true);
    byId('said').textContent = same ? 'The same connection.' : 'Another connection, another SYN.';
  } catch (error) {
    byId('said').textContent = `No answer (${error.message}). What is here is from before.`;
  }
}

async function copy() {
  const json = byId('json');
  try {
    await navigator.clipboard.writeText(json.textContent);
    byId('said').textContent = 'Copied.';
  } catch {
    // Without HTTPS browsers give no clipboard: the user's own keys still do.
    getSelection().selectAllChildren(json);
    byId('said').textContent = 'Selected: copy it with Ctrl+C.';
  }
}

async function share() {
  const link = toLink(shown);
  try {
    await navigator.clipboard.writeText(link);
    byId('said').textContent = 'Copied.';
  } catch {
    history.replaceState(null, '', link);
    byId('said').textContent = 'The address bar has it: copy it from there.';
  }
}

byId('copy').addEventListener('click', copy);
byId('share').addEventListener('click', share);
byId('again').addEventListener('click', askAgain);
for (const part of document.querySelectorAll('[data-raw]')) part.hidden = true;
byId('actions').hidden = byId('what-link').hidden = false;
draw(own);
addEventListener('hashchange', showLink);
showLink();
