// Draws the SYN, names its fields, copies the JSON and asks for it again. All values are in the
// page before: nginx has written them there.
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

function draw(text) {
  const values = JSON.parse(text);
  drawSyn(values.syn);
  drawTimes(values);
  byId('json').textContent = pretty(text);
  return values;
}

function replaceValues(values) {
  for (const place of document.querySelectorAll('[data-field]')) {
    place.textContent = values[place.dataset.field] ?? 'absent';
  }
  for (const verdict of document.querySelectorAll('[data-mismatch]')) {
    verdict.hidden = verdict.dataset.mismatch !== String(values.os_mismatch ?? '');
  }
}

async function askAgain() {
  const port = document.querySelector('[data-field=src_port]').textContent;
  try {
    const answer = await fetch('json', { cache: 'no-store' });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const values = draw(await answer.text());
    replaceValues(values);
    const same = String(values.src_port) === port;
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

byId('copy').addEventListener('click', copy);
byId('again').addEventListener('click', askAgain);
byId('actions').hidden = false;
draw(byId('json').textContent);
