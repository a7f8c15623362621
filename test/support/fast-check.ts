import fc from 'fast-check';

/**
 * fast-check, by whose own settings hardly anything has more than ten elements or characters, be its `maxLength`
 * a thousand: here what is stated is also reached.
 */
fc.configureGlobal({ ...fc.readConfigureGlobal(), defaultSizeToMaxWhenMaxSpecified: true });

export default fc;
