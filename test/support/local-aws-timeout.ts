/** Tests wait up to a minute for the local AWS; Jest's five seconds would end them without saying for what. */
jest.setTimeout(90_000);
