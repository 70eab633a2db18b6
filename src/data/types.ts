/** What the data room hands out. Nothing in here knows TensorFlow. */

export type Provenance = 'real' | 'stand-in';
export type DataSetName = 'mnist' | 'fashion-mnist' | 'idc';

/** A set of labelled images as bytes, as it comes from its source: no scaling, no padding. */
export interface ImageSet {
  readonly name: DataSetName;
  readonly split: 'train' | 'test' | 'all';
  /** count × height × width × channels, row by row. */
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly classNames: readonly string[];
  /** Position of each image in its source split, so that a picture in a figure can be named. */
  readonly indices: Int32Array;
  /** IDC: the patient of each patch, as an index into groupNames. */
  readonly groups?: Int32Array;
  readonly groupNames?: readonly string[];
  /** IDC: x and y of each patch on its slide, two numbers a patch. */
  readonly positions?: Int32Array;
  /** IDC: names of patches left out because they are not 50 × 50 × 3. */
  readonly rejected?: readonly string[];
  /** Which state of the source this is, where there are several ('complete archive', 'extract'). */
  readonly variant?: string;
  readonly provenance: Provenance;
  /** sha256 over the source payloads (or over the stand-in generator's version and seed). */
  readonly checksum: string;
}

export interface LoadOptions {
  /** MNIST and Fashion-MNIST: 'train' (default) or 'test'. IDC knows only 'all'. */
  split?: 'train' | 'test';
  /** At most so many images; the first ones, or a stratified draw. */
  limit?: number;
  stratified?: boolean;
  seed?: number;
  /** Refuse stand-ins (also REQUIRE_REAL=1). */
  requireReal?: boolean;
}

/** The order in which a grid's pixels are read: positions[step] = row × width + column. */
export interface PixelOrder {
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly positions: Int32Array;
}

/** Numbers ready for a network: values of count examples, each of the given shape. */
export interface Examples {
  readonly inputs: Float32Array | Uint8Array;
  /** Shape of one example, without the count: [28, 28, 1]. */
  readonly shape: readonly number[];
  /** Bytes are multiplied by this when they enter the network (1/255 for images). Ignored for floats. */
  readonly scale?: number;
  readonly labels: Uint8Array | Int32Array | Float32Array;
  readonly count: number;
}
