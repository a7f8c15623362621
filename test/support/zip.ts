import { crc32 } from 'node:zlib';

/**
 * A zip archive of some text files, stored and not compressed.
 *
 * Source: PKWARE's APPNOTE.TXT, sections 4.3.7 (local file header), 4.3.12 (central directory) and
 * 4.3.16 (its end).
 */
export function zip(files: Readonly<Record<string, string>>): Buffer {
  const entries: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, text] of Object.entries(files)) {
    const name = Buffer.from(path);
    const data = Buffer.from(text);
    const facts = fileFacts(name, data);
    const entry = Buffer.concat([bytes(4, 0x04034b50), facts, name, data]);
    const end = [bytes(2, 0), bytes(2, 0), bytes(2, 0), bytes(4, 0o100644 << 16), bytes(4, offset)];
    directory.push(bytes(4, 0x02014b50), bytes(2, 0x031e), facts, ...end, name);
    entries.push(entry);
    offset += entry.length;
  }
  const central = Buffer.concat(directory);
  const count = bytes(2, entries.length);
  const tail = [bytes(4, 0x06054b50), bytes(4, 0), count, count];
  const place = [bytes(4, central.length), bytes(4, offset), bytes(2, 0)];
  return Buffer.concat([...entries, central, ...tail, ...place]);
}

/** Version, flags, method, time, date, checksum, sizes and lengths: the same in both headers. */
function fileFacts(name: Buffer, data: Buffer): Buffer {
  const size = bytes(4, data.length);
  const date = bytes(2, (1 << 5) | 1);
  const head = [bytes(2, 20), bytes(2, 0), bytes(2, 0), bytes(2, 0), date];
  return Buffer.concat([
    ...head,
    bytes(4, crc32(data)),
    size,
    size,
    bytes(2, name.length),
    bytes(2, 0),
  ]);
}

function bytes(length: 2 | 4, value: number): Buffer {
  const buffer = Buffer.alloc(length);
  buffer.writeUIntLE(value >>> 0, 0, length);
  return buffer;
}
