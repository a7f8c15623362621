import { COMPRESSED_TEXT, type TextCompression } from './compressed-text.ts';
import { ObjectUpload, type ObjectPlace } from './object-upload.ts';

/** Text that becomes one compressed object. */
export class TextUpload extends ObjectUpload {
  constructor(place: ObjectPlace, compression: TextCompression) {
    super({ ...place, ...COMPRESSED_TEXT[compression] });
  }
}
