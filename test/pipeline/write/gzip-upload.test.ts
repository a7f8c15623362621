import { S3Client } from '@aws-sdk/client-s3';
import { randomBytes } from 'node:crypto';
import { GzipUpload } from '../../../src/pipeline/write/gzip-upload.ts';

/** A real client whose requests fail before they leave the process; keeps what was asked for. */
function failingClient(): { client: S3Client; commands: string[] } {
  const commands: string[] = [];
  const client = new S3Client({
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  });
  client.middlewareStack.add(
    (_, context) => () => {
      commands.push(String(context.commandName));
      return Promise.reject(new Error('S3 is away'));
    },
    { step: 'initialize' },
  );
  return { client, commands };
}

/** More than a part holds, and hardly compressible. */
const LONG_TEXT = randomBytes(8 << 20).toString('base64');

describe('GzipUpload', () => {
  it('asks for nothing and has no key without any text', async () => {
    const { client, commands } = failingClient();
    const upload = new GzipUpload(client, 'target', 'a');
    await upload.write('');
    expect(await upload.finish()).toBeNull();
    expect(commands).toEqual([]);
  });

  it.each([
    ['one part', 'short'],
    ['several parts', LONG_TEXT],
  ])('shows the failure of an upload of %s to whoever writes or finishes', async (_, text) => {
    const upload = new GzipUpload(failingClient().client, 'target', 'a');
    const run = async (): Promise<void> => {
      await upload.write(text);
      await upload.write(text);
      await upload.finish();
    };
    await expect(run()).rejects.toThrow();
  });

  it('asks for nothing when it is aborted before it was finished', async () => {
    const { client, commands } = failingClient();
    const upload = new GzipUpload(client, 'target', 'a');
    await upload.write('short');
    upload.abort();
    await expect(upload.finish()).rejects.toThrow();
    expect(commands).toEqual([]);
  });
});
