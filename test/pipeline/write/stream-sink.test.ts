import { PassThrough, type Transform } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { StreamSink } from '../../../src/pipeline/write/stream-sink.ts';

const sinkInto = <T>(consume: (stream: Transform) => Promise<T>): StreamSink<T> =>
  new StreamSink({ openStream: () => new PassThrough({ highWaterMark: 4 }), consume });

/** A consumer that fails at once. It listens for errors, as whatever reads a stream does. */
function fail(stream: Transform): Promise<never> {
  stream.on('error', () => undefined);
  return Promise.reject(new Error('no room'));
}

describe('StreamSink', () => {
  it('gives what its consumer makes of all content', async () => {
    const sink = sinkInto(buffer);
    for (const piece of ['a', '', Buffer.from('bc'), 'longer than the stream holds']) {
      await sink.write(piece);
    }

    expect(String(await sink.finish())).toBe('abclonger than the stream holds');
  });

  it('opens nothing without content', async () => {
    const openStream = jest.fn(() => new PassThrough());
    const sink = new StreamSink({ openStream, consume: buffer });
    await sink.write('');

    expect(await sink.finish()).toBeNull();
    await sink.abort();
    expect(openStream).not.toHaveBeenCalled();
  });

  it('waits for its consumer when the stream is full', async () => {
    const taking = Promise.withResolvers<undefined>();
    const sink = sinkInto(async (stream) => {
      await taking.promise;
      return buffer(stream);
    });
    let hasRoom = false;
    const writing = sink.write('more than it holds').then(() => (hasRoom = true));
    await new Promise(setImmediate);
    expect(hasRoom).toBe(false);

    taking.resolve(undefined);
    await writing;
    expect(await sink.finish()).toHaveLength(18);
  });

  it('fails a write that waits as its consumer fails', async () => {
    const sink = sinkInto(fail);

    await expect(sink.write('more than it holds')).rejects.toThrow('no room');
    await sink.abort();
  });

  it('fails at its end when its consumer has failed', async () => {
    const sink = sinkInto(fail);
    await sink.write('a');
    await new Promise(setImmediate);

    await expect(sink.finish()).rejects.toThrow('no room');
  });

  it('lets its consumer come to an end when it is aborted', async () => {
    const ended = jest.fn();
    const sink = sinkInto((stream) => buffer(stream).finally(ended));
    await sink.write('a');
    await sink.abort();

    expect(ended).toHaveBeenCalled();
  });
});
