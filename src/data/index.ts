/** The data room: real data sets, stand-ins, splits, pixel orders, augmentation. Knows no TensorFlow. */
export { type Affine, type AugmentOptions, affineOf, augment, augmentedTwin, warp } from './augment.js';
export {
  clearSet,
  type DataCard,
  type DataStatus,
  dataCard,
  dataCards,
  dataPlaces,
  dataStatus,
  describeSet,
  fetchSet,
  type SetSummary,
  verifySet,
} from './cards.js';
export { DataError, type DataErrorCode } from './errors.js';
export { type ExampleOptions, meanPooled, reordered, toExamples, toFloats } from './examples.js';
export { idc } from './idc.js';
export { type ManifestSet, manifestSet } from './manifest.js';
export { fashionMnist, mnist } from './mnist.js';
export { type PixelOrderMaker, pixelOrders } from './orders.js';
export { type RandomStream, randomStream } from './random.js';
export { type FoldOptions, groupSplit, kFold, type Split, stratifiedDraw, stratifiedSplit, subset, takeLast } from './splits.js';
export { classCounts, type StandInOptions, standIn } from './standins/index.js';
export * from './types.js';
