import { LocalHome } from '../../infra/local/local-home.ts';
import { ensurePython } from '../../infra/local/python-environment.ts';

/** Installs the local AWS once, before test runs that start at the same time would each install it. */
await ensurePython(LocalHome.ofClone());
