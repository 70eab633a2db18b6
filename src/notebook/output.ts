/** The way into a cell: one bundle of renderings per output, sent through the kernel where there is one, printed where there is none. */
import { randomUUID } from 'node:crypto';

/** Renderings of one thing by MIME type; text/plain is always there. */
export type Bundle = { 'text/plain': string } & Record<string, unknown>;

interface DisplayData {
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
  transient: { display_id?: string };
}

type WriteDisplayData = (data: DisplayData, update: boolean) => void;

/**
 * tslab's own display calls send one MIME type each; its kernel's writer sends bundles. The writer is looked up among the loaded
 * modules, never loaded: outside a kernel it is not there.
 */
function kernelWriter(): WriteDisplayData | undefined {
  const ending = /[\\/]tslab[\\/]dist[\\/]jupyter\.js$/;
  for (const file of Object.keys(require.cache)) {
    if (!ending.test(file)) continue;
    const write = (require.cache[file]?.exports as { lastWriteDisplayData?: WriteDisplayData | null } | undefined)?.lastWriteDisplayData;
    if (write) return write;
  }
  return undefined;
}

/** True inside a notebook's kernel. */
export function inNotebook(): boolean {
  return kernelWriter() !== undefined;
}

/** One output that can be replaced while a cell runs. */
export interface Output {
  replace(bundle: Bundle, metadata?: Record<string, unknown>): void;
}

/** Sends a bundle to the cell; outside a kernel its text/plain is printed. The output may be replaced later (in a kernel only). */
export function send(bundle: Bundle, metadata: Record<string, unknown> = {}): Output {
  const displayId = randomUUID();
  const deliver = (contents: Bundle, about: Record<string, unknown>, update: boolean) => {
    const write = kernelWriter();
    if (write) write({ data: contents, metadata: about, transient: { display_id: displayId } }, update);
    else if (!update) process.stdout.write(`${contents['text/plain']}\n`);
  };
  deliver(bundle, metadata, false);
  return { replace: (contents, about = metadata) => deliver(contents, about, true) };
}
