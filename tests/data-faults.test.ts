/** Bad hosts, bad files, bad caches: each a clear error of our own, never a wrong tensor. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import test, { type TestContext } from 'node:test';
import zlib from 'node:zlib';
import { DataError, fashionMnist, mnist, randomStream, standIn } from 'paperlab/data';
import { gunzipBounded } from 'paperlab/internal/data/cache';
import { together } from 'paperlab/internal/data/cards';
import { download, forgetSilentHosts } from 'paperlab/internal/data/download';
import { fromTensor, tensorOf } from 'paperlab/internal/data/idc';
import { readPatches } from 'paperlab/internal/data/idc-archive';
import { checkLabels, parseIdx } from 'paperlab/internal/data/idx';
import { type ManifestFile, type ManifestSet, manifestSet } from 'paperlab/internal/data/manifest';
import { obtainPayload } from 'paperlab/internal/data/policy';
import { crc32 } from 'paperlab/internal/data/zip';
import { PNG } from 'pngjs';

const digits = randomStream(3);
const payload = Buffer.concat([
  Buffer.from([0, 0, 8, 1, 0, 0, 0x27, 0x10]),
  Buffer.from(Array.from({ length: 10_000 }, () => digits.below(10))),
]);
const packed = zlib.gzipSync(payload);
const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A cache of its own, and an environment without mirror or switches. */
function freshCache(context: TestContext): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'paperlab-data-'));
  const before = { ...process.env };
  process.env['PAPERLAB_CACHE'] = folder;
  for (const name of ['DATA_MIRROR', 'REQUIRE_REAL', 'STAND_IN']) delete process.env[name];
  forgetSilentHosts();
  context.after(() => {
    process.env = before;
    fs.rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

async function host(context: TestContext, answer: http.RequestListener): Promise<string> {
  const server = http.createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function setOf(...addresses: string[]): [ManifestSet, ManifestFile] {
  const file: ManifestFile = {
    name: 'labels.gz',
    role: 'test-labels',
    format: 'idx.gz',
    addresses,
    bytes: packed.length,
    payloadBytes: payload.length,
    sha256: sha(payload),
  };
  return [{ ...manifestSet('mnist'), files: [file] }, file];
}

const good: http.RequestListener = (_, response) => response.end(packed);
const withCode = (code: string, words: RegExp) => (error: unknown) => {
  assert.ok(error instanceof DataError, String(error));
  assert.equal(error.code, code, error.message);
  assert.match(error.message, words);
  assert.ok(error.remedy.length > 10 && error.file.length > 0);
  return true;
};

test('a file is fetched once, checked, and read from the cache afterwards', async (context) => {
  const folder = freshCache(context);
  let asked = 0;
  const address = await host(context, (request, response) => {
    asked += 1;
    good(request, response);
  });
  const [set, file] = setOf(`${address}/x`);
  for (let time = 0; time < 2; time += 1) assert.deepEqual(Buffer.from(await obtainPayload(set, file)), payload);
  assert.equal(asked, 1);
  assert.deepEqual(fs.readdirSync(path.join(folder, 'mnist')), ['labels']);
});

test('a bad address gives way to the next: refused, 404, HTML with 200, cut short, wrong bytes, redirected', async (context) => {
  freshCache(context);
  const base = await host(context, (request, response) => {
    const answers: Record<string, () => void> = {
      '/404': () => response.writeHead(404).end('no'),
      '/html': () => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>log in</html>'),
      '/hidden-html': () => response.writeHead(200, { 'content-type': 'application/gzip' }).end('<!DOCTYPE html><html>log in</html>'),
      '/short': () => {
        response.writeHead(200, { 'content-length': packed.length });
        response.write(packed.subarray(0, 100), () => response.destroy());
      },
      '/half-gzip': () => response.end(packed.subarray(0, packed.length >> 1)),
      '/other': () => response.end(zlib.gzipSync(Buffer.alloc(payload.length, 3))),
      '/bomb': () => response.end(zlib.gzipSync(Buffer.alloc(50_000_000))),
      '/loop': () => response.writeHead(302, { location: '/loop' }).end(),
      '/moved': () => response.writeHead(302, { location: '/good' }).end(),
      '/good': () => good(request, response),
    };
    answers[request.url!]!();
  });
  const bad = ['/404', '/html', '/hidden-html', '/short', '/half-gzip', '/other', '/bomb', '/loop'];
  const [set, file] = setOf('http://127.0.0.1:1/refused', ...bad.map((each) => base + each), `${base}/moved`);
  assert.deepEqual(Buffer.from(await obtainPayload(set, file)), payload);
  const [hopeless, hopelessFile] = setOf('http://127.0.0.1:1/refused', ...bad.map((each) => base + each));
  freshCache(context);
  await assert.rejects(
    obtainPayload(hopeless, hopelessFile),
    withCode('network', /none of 9 addresses.*does not answer.*404.*web page.*damaged or cut short.*sha256.*unpacks to more.*redirects/s),
  );
});

test('a host that stalls is given up; what arrived is kept and continued', async (context) => {
  const folder = freshCache(context);
  const ranges: Array<string | undefined> = [];
  const address = await host(context, (request, response) => {
    ranges.push(request.headers.range);
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.setHeader('etag', '"one"');
    if (from > 0) {
      assert.equal(request.headers['if-range'], '"one"');
      response.writeHead(206, {
        'content-range': `bytes ${from}-${packed.length - 1}/${packed.length}`,
        'content-length': packed.length - from,
      });
      response.end(packed.subarray(from));
      return;
    }
    response.writeHead(200, { 'content-length': packed.length });
    response.write(packed.subarray(0, 40));
  });
  const target = path.join(folder, 'file.gz');
  const limits = { connectMilliseconds: 1000, stallMilliseconds: 150 };
  const seen: number[] = [];
  await assert.rejects(
    download(`${address}/a`, target, () => {}, limits),
    withCode('network', /nothing arrived for 0.15 seconds after 40 bytes/),
  );
  await download(`${address}/a`, target, ({ received }) => seen.push(received), limits);
  assert.deepEqual(ranges, [undefined, 'bytes=40-']);
  assert.deepEqual(fs.readFileSync(target), packed);
  assert.equal(seen.at(-1), packed.length);
  assert.deepEqual(fs.readdirSync(folder), ['file.gz']);
});

test('two downloads of one file at once do not harm each other', async (context) => {
  const folder = freshCache(context);
  const address = await host(context, (_, response) => {
    response.write(packed.subarray(0, 50));
    setTimeout(() => response.end(packed.subarray(50)), 50);
  });
  const target = path.join(folder, 'file.gz');
  await Promise.all([download(address, target), download(address, target), download(address, target)]);
  assert.deepEqual(fs.readFileSync(target), packed);
  assert.deepEqual(fs.readdirSync(folder), ['file.gz']);
});

test('a mirror goes first; a broken mirror is named, not passed over', async (context) => {
  const folder = freshCache(context);
  const [set, file] = setOf('http://127.0.0.1:1/never');
  const mirror = path.join(folder, 'mirror');
  fs.mkdirSync(path.join(mirror, 'mnist'), { recursive: true });
  process.env['DATA_MIRROR'] = mirror;
  fs.writeFileSync(path.join(mirror, 'mnist', 'labels.gz'), packed.subarray(0, 60));
  await assert.rejects(obtainPayload(set, file), withCode('truncated', /labels\.gz.*cut short/));
  fs.writeFileSync(path.join(mirror, 'mnist', 'labels.gz'), packed);
  assert.deepEqual(Buffer.from(await obtainPayload(set, file)), payload);
  const address = await host(context, (request, response) =>
    request.url === '/mirror/mnist/labels.gz' ? good(request, response) : response.writeHead(404).end(),
  );
  freshCache(context);
  process.env['DATA_MIRROR'] = `${address}/mirror/`;
  assert.deepEqual(Buffer.from(await obtainPayload(set, file)), payload);
});

test('a cache that was damaged, cannot be written or has no room is told with its remedy', async (context) => {
  const folder = freshCache(context);
  const [set, file] = setOf(`${await host(context, good)}/x`);
  await obtainPayload(set, file);
  const cached = path.join(folder, 'mnist', 'labels');
  const bytes = fs.readFileSync(cached);
  bytes[500]! ^= 1;
  fs.writeFileSync(cached, bytes);
  await assert.rejects(obtainPayload(set, file), withCode('cache-damaged', /labels.*changed since.*npm run data -- clear mnist/s));
  fs.rmSync(cached);
  const write = context.mock.method(fs, 'writeSync', () => {
    throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  });
  await assert.rejects(obtainPayload(set, file), withCode('cache-write', /disk is full.*PAPERLAB_CACHE/s));
  write.mock.restore();
  assert.ok(!fs.readdirSync(path.join(folder, 'mnist')).some((name) => name.endsWith('.tmp') || name === 'labels'));
  fs.writeFileSync(path.join(folder, 'a-file'), '');
  process.env['PAPERLAB_CACHE'] = path.join(folder, 'a-file');
  await assert.rejects(obtainPayload(set, file), withCode('cache-write', /cannot be written/));
});

test('the policy: stand-in by request, refused where real data is required, bad requests named', async (context) => {
  freshCache(context);
  process.env['STAND_IN'] = '1';
  const set = await mnist({ split: 'test', limit: 20, stratified: true, seed: 1 });
  assert.equal(set.provenance, 'stand-in');
  assert.equal(set.count, 20);
  assert.equal(new Set(set.labels).size, 10);
  await assert.rejects(fashionMnist({ requireReal: true }), withCode('real-data-required', /STAND_IN=1/));
  await assert.rejects(mnist({ limit: 0 }), withCode('bad-request', /limit/));
  await assert.rejects(mnist({ split: 'validation' as 'test' }), withCode('bad-request', /no split/));
});

test('IDX: wrong magic, too short, promises too much, labels of no class', () => {
  assert.equal(parseIdx(payload, 'f', 1).values.length, 10_000);
  const changed = (at: number, value: number) => Object.assign(Buffer.from(payload), { [at]: value });
  assert.throws(() => parseIdx(changed(3, 3), 'f', 1), withCode('format', /magic number/));
  assert.throws(() => parseIdx(changed(4, 0xff), 'f', 1), withCode('truncated', /promises/));
  assert.throws(() => parseIdx(changed(6, 0), 'f', 1), withCode('format', /promises/));
  assert.throws(() => parseIdx(payload.subarray(0, 5), 'f', 1), withCode('truncated', /too few/));
  assert.throws(() => checkLabels(Uint8Array.from([1, 10]), 10, 'f'), withCode('format', /label 10 at position 1/));
});

interface Entry {
  name: string;
  bytes: Buffer;
  deflate?: boolean;
  claims?: number;
}

/** A zip as any tool writes it, and as an attacker would. */
function zipOf(entries: Entry[]): Buffer {
  const pieces: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes, deflate = false, claims = bytes.length } of entries) {
    const data = deflate ? zlib.deflateRawSync(bytes) : bytes;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(deflate ? 8 : 0, 4);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(claims, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), data]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, tail, Buffer.from(name));
    pieces.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...pieces, central, end]);
}

function patch(side: number, colour: number, colorType: 0 | 2 = 2): Buffer {
  const png = new PNG({ width: side, height: side });
  for (let index = 0; index < png.data.length; index += 1) png.data[index] = index % 4 === 3 ? 255 : (colour + index) % 256;
  return PNG.sync.write(png, { colorType });
}

const name = (patient: number, x: number, label: number) => `${patient}/${label}/${patient}_idx5_x${x}_y1_class${label}.png`;

async function patchesOf(folder: string, bytes: Buffer) {
  const file = path.join(folder, 'archive.zip');
  fs.writeFileSync(file, bytes);
  return readPatches(file, 'archive.zip');
}

test('patches are read out of a zip, stored or deflated, nested or not; the odd ones are named', async (context) => {
  const folder = freshCache(context);
  const patches = await patchesOf(
    folder,
    zipOf([
      { name: name(20, 51, 1), bytes: patch(50, 7), deflate: true },
      { name: name(9, 1, 0), bytes: patch(50, 90) },
      { name: `IDC_regular_ps50_idx5/${name(9, 1, 0)}`, bytes: patch(50, 90) },
      { name: name(9, 51, 0), bytes: patch(49, 0) },
      { name: name(9, 101, 0), bytes: patch(50, 0, 0) },
      { name: 'read.me', bytes: Buffer.from('hello') },
    ]),
  );
  assert.deepEqual([...patches.labels], [0, 1]);
  assert.deepEqual(patches.groupNames, ['9', '20']);
  assert.deepEqual([...patches.positions], [1, 1, 51, 1]);
  assert.deepEqual(patches.rejected, [`${name(9, 51, 0)} (49 × 49, 8 bits, colour)`, `${name(9, 101, 0)} (50 × 50, 8 bits, grey)`]);
  assert.deepEqual([...patches.pixels.subarray(0, 6)], [90, 91, 92, 94, 95, 96]);
  const tensor = Buffer.concat(tensorOf(patches, 'test'));
  const set = fromTensor(
    new Uint8Array(tensor.buffer.slice(tensor.byteOffset, tensor.byteOffset + tensor.length)),
    'patches.tensor',
    manifestSet('idc'),
  );
  assert.deepEqual([set.count, [...set.groups!], set.rejected!.length], [2, [0, 1], 2]);
  assert.deepEqual(set.pixels, patches.pixels);
});

test('a zip that lies: names outside, bombs, broken images, wrong checksums, cut short, no zip at all', async (context) => {
  const folder = freshCache(context);
  const image = patch(50, 1);
  const broken = Buffer.from(image);
  broken[60]! ^= 0xff;
  const cases: Array<[Buffer, string, RegExp]> = [
    [zipOf([{ name: `../${name(1, 1, 0)}`, bytes: image }]), 'unsafe-name', /outside its own folder/],
    [zipOf([{ name: name(1, 1, 0), bytes: Buffer.alloc(30_000_000), deflate: true }]), 'too-large', /claims to unpack to 30000000/],
    [zipOf([{ name: name(1, 1, 0), bytes: Buffer.alloc(3_000_000), deflate: true, claims: 5000 }]), 'format', /zip is damaged/],
    [zipOf([{ name: name(1, 1, 0), bytes: broken }]), 'format', /PNG image is damaged/],
    [zipOf([{ name: name(1, 1, 0), bytes: image.subarray(0, image.length >> 1) }]), 'format', /PNG image is damaged/],
    [zipOf([{ name: name(1, 1, 0), bytes: Buffer.from('GIF89a'.padEnd(99)) }]), 'format', /not a PNG/],
    [zipOf([{ name: '1/0/2_idx5_x1_y1_class0.png', bytes: image }]), 'format', /disagree/],
    [zipOf([{ name: 'notes.txt', bytes: image }]), 'format', /none of its 1 files is a patch/],
    [zipOf([{ name: name(1, 1, 0), bytes: image }]).subarray(0, image.length), 'format', /zip is damaged/],
    [Buffer.from('<html>'.repeat(50)), 'format', /zip is damaged/],
    [Buffer.alloc(0), 'format', /zip is damaged/],
  ];
  const flipped = zipOf([{ name: name(1, 1, 0), bytes: image }]);
  flipped[30 + name(1, 1, 0).length + (image.length >> 1)]! ^= 1;
  cases.push([flipped, 'format', /CRC/]);
  for (const [bytes, code, words] of cases) await assert.rejects(patchesOf(folder, bytes), withCode(code, words));
});

test('a damaged tensor file is refused wherever it is damaged', () => {
  const set = standIn('idc', { count: 4 });
  const patches = {
    pixels: set.pixels,
    labels: set.labels,
    groups: set.groups!,
    groupNames: ['1', '2'],
    positions: new Int32Array(8),
    rejected: [],
    others: 0,
  };
  const tensor = Buffer.concat(tensorOf(patches, 'test'));
  const random = randomStream(77);
  for (let time = 0; time < 300; time += 1) {
    const bytes = new Uint8Array(tensor);
    if (time % 3 === 0)
      assert.throws(
        () => fromTensor(bytes.slice(0, random.below(bytes.length)), 't', manifestSet('idc')),
        withCode('cache-damaged', /clear idc/),
      );
    else {
      const at = time % 3 === 1 ? bytes.length - 1 - random.below(25_000) : random.below(12);
      bytes[at]! ^= 1 + random.below(255);
      assert.throws(() => fromTensor(bytes, 't', manifestSet('idc')), withCode('cache-damaged', /clear idc/));
    }
  }
});

/** Changes a few bytes, cuts, doubles or inserts. */
function mutated(bytes: Buffer, seed: number): Buffer {
  const random = randomStream(seed, 0xf022);
  const copy = Buffer.from(bytes);
  const kind = random.below(5);
  if (kind === 0) return copy.subarray(0, random.below(copy.length));
  if (kind === 1) return Buffer.concat([copy, copy.subarray(random.below(copy.length))]);
  if (kind === 2) return Buffer.concat([copy.subarray(0, 40), Buffer.alloc(random.below(60), random.below(256)), copy.subarray(40)]);
  for (let change = 0; change <= random.below(6); change += 1) {
    const at =
      random.uniform() < 0.5 ? random.below(Math.min(64, copy.length)) : copy.length - 1 - random.below(Math.min(200, copy.length));
    copy[at] = random.below(256);
  }
  return copy;
}

test('fuzz: thousands of mutated IDX, gzip, zip and PNG files end in valid data or in our own error', async (context) => {
  const folder = freshCache(context);
  const zip = zipOf([
    { name: name(1, 1, 0), bytes: patch(50, 1) },
    { name: name(2, 1, 1), bytes: patch(50, 9), deflate: true },
  ]);
  const png = patch(50, 3);
  const outcomes = { data: 0, errors: 0 };
  // Time at work, not time on the wall: a busy machine decides no test.
  const started = process.cpuUsage();
  const memory = process.memoryUsage().rss;
  for (let seed = 0; seed < 1000; seed += 1) {
    const attempts: Array<() => unknown> = [
      () => assert.equal(parseIdx(mutated(payload, seed), 'f', 1).sizes[0], 10_000),
      () => assert.ok(gunzipBounded(mutated(packed, seed), 'f', payload.length).length <= payload.length),
      async () => assert.ok((await patchesOf(folder, mutated(zip, seed))).pixels.length % 7500 === 0),
      async () => assert.ok((await patchesOf(folder, zipOf([{ name: name(1, 1, 0), bytes: mutated(png, seed) }]))).pixels.length <= 7500),
    ];
    for (const attempt of attempts) {
      try {
        await attempt();
        outcomes.data += 1;
      } catch (error) {
        if (!(error instanceof DataError)) throw new Error(`seed ${seed}: ${(error as Error).stack}`);
        outcomes.errors += 1;
      }
    }
  }
  assert.ok(outcomes.errors > 1000 && outcomes.data > 100, JSON.stringify(outcomes));
  const { user, system } = process.cpuUsage(started);
  assert.ok((user + system) / 1000 < 60_000, 'mutated files take no longer than good ones');
  assert.ok(process.memoryUsage().rss - memory < 500e6, 'mutated files take no memory');
});

test('a set whose files lie partly in the cache and for the rest in a mirror is at hand; one with a missing file is not', () => {
  assert.equal(together(['cached', 'cached']), 'cached');
  assert.equal(together(['cached', 'in mirror']), 'in mirror');
  assert.equal(together(['cached', 'absent']), 'partly');
  assert.equal(together(['in mirror', 'absent']), 'partly');
  assert.equal(together(['absent', 'absent']), 'absent');
});
