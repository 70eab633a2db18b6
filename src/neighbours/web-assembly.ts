/** The part of Node's WebAssembly used here; the ES library types do not name it. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
}

/** Compiled code; opaque, and may be sent to a thread. */
export type CompiledModule = object;

interface WebAssemblyDoor {
  Memory: new (limits: { initial: number; maximum: number; shared: true }) => SharedMemory;
  Module: new (bytes: Uint8Array) => CompiledModule;
  instantiate(module: CompiledModule, imports: object): Promise<{ exports: Record<string, unknown> }>;
}

export const webAssembly = (globalThis as unknown as { WebAssembly: WebAssemblyDoor }).WebAssembly;
