// Talks to a daemon with the JavaScript SDK of CloudEvents, in all modes, with Chinese in every field that may hold it, and
// fails if anything is not as it must be. Run as: node main.mjs http://127.0.0.1:8470
import assert from 'node:assert/strict';
import { CloudEvent, HTTP, emitterFor, httpTransport } from 'cloudevents';

const server = process.argv[2];
const target = `${server}/v1/events`;
const say = (...words) => console.log('JavaScript SDK:', ...words);

// training is an event that says everything in Chinese.
const training = (id) => new CloudEvent({
  specversion: '1.0',
  id,
  source: 'kaohe:450703/js',
  type: 'EnvoyTrainingHeld',
  time: '2018-02-28T09:30:00+08:00',
  org: '450703',
  data: {
    attendees: 55, topic: '“三月三”种植技术', envoy_id: '特派员甲', village_id: '那蒙村', note: '钦北区科技局 & <大棚> 𠮷',
    source_ref: '《工作总结》一(三)', evidence: ['签到表.xlsx', '照片①'],
  },
});

// The SDK leaves the values of headers as they are, and a header is bytes to node: raw is them as UTF-8, encoded as %XX.
const raw = (value) => Buffer.from(String(value), 'utf8').toString('latin1');
const encoded = (value) => String(value).replace(/[^\x21-\x7e]|["%]/gu, (c) => encodeURIComponent(c));
const headers = (message, write) => Object.fromEntries(
  Object.entries(message.headers).map(([name, value]) => [name, name.startsWith('ce-') ? write(value) : value]));

async function send(message, expected) {
  const response = await fetch(target, { method: 'POST', headers: message.headers, body: message.body });
  const body = await response.json();
  assert.equal(response.status, expected, JSON.stringify(body));
  return body;
}

const batch = (...events) => ({
  headers: { 'content-type': 'application/cloudevents-batch+json; charset=UTF-8' },
  body: JSON.stringify(events),
});

// One event in all modes is one event.
const event = training('第一期培训');
const binary = HTTP.binary(event);
const modes = {
  structured: HTTP.structured(event),
  'binary, raw UTF-8': { ...binary, headers: headers(binary, raw) },
  'binary, percent-encoded': { ...binary, headers: headers(binary, encoded) },
  batch: batch(event, event),
};
let first;
for (const [name, message] of Object.entries(modes)) {
  const { events } = await send(message, 200);
  for (const outcome of events) {
    const expected = first ? 'recorded' : 'new';
    first ??= outcome;
    assert.equal(outcome.status, expected, name);
    assert.equal(outcome.id, '第一期培训');
    assert.equal(outcome.position, first.position);
  }
  say(name.padEnd(24), message.headers['content-type'], '->', events.map((o) => `${o.status} ${o.position}`).join(', '));
}

// A percent sign is one, too.
const share = training('完成100%');
const shareBinary = HTTP.binary(share);
assert.equal((await send(HTTP.structured(share), 200)).new, 1);
assert.equal((await send({ ...shareBinary, headers: headers(shareBinary, encoded) }, 200)).recorded, 1);
const refused = await send({ ...shareBinary, headers: headers(shareBinary, raw) }, 400);
assert.equal(refused.header, 'ce-id');
say('a percent sign           encoded -> recorded; not encoded ->', refused.detail);

// As programs do: an emitter of the SDK, which sends structured events and in binary mode what fits into headers.
for (const mode of ['structured', 'binary']) {
  const emit = emitterFor(httpTransport(target), { binding: HTTP, mode });
  const answer = await emit(training(`emitter-${mode}`));
  const { events } = JSON.parse(answer.body);
  assert.equal(events[0].status, 'new');
  say(`emitter, ${mode}`.padEnd(24), '->', `${events[0].status} ${events[0].position}`);
}

// What is wrong is said field by field, and by header in binary mode.
const bad = HTTP.binary(training('bad'));
bad.headers['ce-time'] = '2018-02-30';
const { events: [{ error }] } = await send({ ...bad, headers: { ...headers(bad, encoded), 'accept-language': 'zh' } }, 422);
assert.deepEqual([error.faults[0].field, error.faults[0].header], ['time', 'ce-time']);
say('refused                 ', '->', error.message);

// What is recorded reads as an event. The SDK would not validate it, for it wants a dataschema to be an absolute URI, and ours is
// the schema's $id, which is relative.
const answer = await fetch(`${target}/by-id?${new URLSearchParams({ source: event.source, id: event.id })}`);
const back = HTTP.toEvent({ headers: Object.fromEntries(answer.headers), body: await answer.text() });
assert.deepEqual([back.id, back.org, back.type], [event.id, '450703', event.type]);
for (const [name, value] of Object.entries(event.data)) assert.deepEqual(back.data[name], value, name);
assert.equal(new Date(back.time).getTime(), new Date(event.time).getTime());
say('read back               ', '->', answer.headers.get('content-location'), back.id, back.data.topic);
say('done');
