/** Most bytes of a mail's text: SNS takes 256 KiB, and what follows the text has to fit as well. */
export const LONGEST_MAIL_BYTES = 240 * 1024;

/** A mail as SNS takes it. */
export interface Mail {
  /** ASCII without line breaks, fewer than 100 characters. */
  readonly subject: string;
  readonly text: string;
}

/** Where a report lies. */
export interface ReportLocation {
  readonly bucket: string;
  readonly keys: { readonly json: string; readonly text: string; readonly html: string };
}

/** The mail that brings a report: its text, then where to find the rest. */
export function reportMail(subject: string, text: string, { bucket, keys }: ReportLocation): Mail {
  const uri = (key: string): string => `s3://${bucket}/${key}`;
  const links = [
    'The whole report:',
    `  page  ${uri(keys.html)}`,
    `  text  ${uri(keys.text)}`,
    `  data  ${uri(keys.json)}`,
  ];
  return { subject, text: [cutLines(text.trimEnd()), '', ...links, ''].join('\n') };
}

/** Text that fits into a mail, cut between lines if need be, with a last line that says so. */
function cutLines(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= LONGEST_MAIL_BYTES) return text;
  const end = bytes.lastIndexOf('\n', LONGEST_MAIL_BYTES);
  const kept = bytes.subarray(0, Math.max(end, 0)).toString('utf8');
  return `${kept}\n\n[Cut here: ${(bytes.length - Math.max(end, 0)).toLocaleString('en-US')} more bytes do not fit into a mail.]`;
}
