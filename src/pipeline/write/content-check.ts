import { DEFAULT_DUPLICATE_CONTENT, type Contract } from '../../datasets/contract.ts';
import { FaultCode } from '../../shared/error-codes.ts';
import { TransientFault } from '../../shared/errors.ts';
import type {
  ContentClaim,
  ContentClaims,
  ContentOwner,
  OwnerStanding,
} from '../../shared/ledger/content-claims.ts';
import type { DuplicateOf, FileStatus } from '../../shared/ledger/ledger-item.ts';

/** What is to become of a file's content, and which file had it before; null where none had, or nobody looks. */
export type ContentVerdict =
  | { readonly isSkipped: false; readonly duplicateOf: DuplicateOf | null }
  | { readonly isSkipped: true; readonly duplicateOf: DuplicateOf };

/** The file is the first, as far as anybody looks. */
const FIRST: ContentVerdict = { isSkipped: false, duplicateOf: null };

/** Owners of a content that were met in one call; then the others sort it out, and this file comes again. */
const MOST_OWNERS = 3;

/** Ends of a file that leave nothing of it under `processed/`. */
const ENDS_WITHOUT_OUTPUT: ReadonlySet<FileStatus | undefined> = new Set<FileStatus>([
  'REJECTED',
  'SKIPPED',
]);

/**
 * Says whether a file's content may be published. It is asked once nothing can reject the file any more and
 * before anything of it is visible; asked again it gives the same answer, unless the first file's outputs are
 * no longer there.
 *
 * Of files with one content, whoever claims it first owns it. Where duplicates are skipped, a file waits until
 * the owner has come to its end: before that nobody knows whether the rows will be there. When the owner's end
 * leaves no rows, the file takes the content over, which fails if the owner has begun anew meanwhile; and the
 * owner, tried again later, finds that it has become the duplicate.
 *
 * @throws TransientFault CONTENT_IN_PROGRESS while duplicates are skipped and the owner may yet publish
 */
export async function checkContent(
  claims: ContentClaims,
  contract: Contract | null,
  claim: ContentClaim,
): Promise<ContentVerdict> {
  const mode = contract?.millrace.duplicateContent ?? DEFAULT_DUPLICATE_CONTENT;
  if (mode === 'allow') return FIRST;
  for (let owners = 0; owners < MOST_OWNERS; owners += 1) {
    const owner = await claims.claim(claim);
    if (owner === null) return FIRST;
    if (mode === 'flag') return { isSkipped: false, duplicateOf: duplicateOf(owner) };
    const standing = await claims.standingOf(owner);
    if (standing?.status === 'SUCCEEDED') {
      return { isSkipped: true, duplicateOf: duplicateOf(owner) };
    }
    if (!hasNoOutput(standing)) throw inProgress(owner);
    if (await claims.takeOver(claim, owner)) return FIRST;
  }
  throw new TransientFault(
    FaultCode.CONTENT_IN_PROGRESS,
    'files with the same content overtake it',
  );
}

/** A file is forgotten before its outputs are removed. */
const hasNoOutput = (owner: OwnerStanding | undefined): boolean =>
  ENDS_WITHOUT_OUTPUT.has(owner?.status) ||
  (owner?.status === 'FORGOTTEN' && owner.areOutputsRemoved);

const duplicateOf = ({ source, fileId }: ContentOwner): DuplicateOf => ({
  fileId,
  key: source.slice(source.indexOf('/') + 1),
});

function inProgress(owner: ContentOwner): TransientFault {
  const { key, fileId } = duplicateOf(owner);
  const reason = `the file "${key}" (${fileId}) with the same content has not come to its end`;
  return new TransientFault(FaultCode.CONTENT_IN_PROGRESS, reason);
}
