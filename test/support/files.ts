import { fileIdOf, type FileVersion } from '../../src/shared/file-version.ts';

/** A file version; its id follows from the rest. */
export function fileVersion(parts: Partial<Omit<FileVersion, 'fileId'>> = {}): FileVersion {
  const file = {
    bucket: 'source-bucket',
    key: 'in/orders.csv',
    versionId: 'v1',
    etag: '0123456789abcdef0123456789abcdef',
    size: 1_024,
    sequencer: '0055AED6DCD90281E5',
    ...parts,
  };
  return { fileId: fileIdOf(file), ...file };
}
