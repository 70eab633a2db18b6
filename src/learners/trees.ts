/**
 * Decision trees on bytes. A column has at most 256 levels, so a histogram of classes per level gives the best split exactly, without
 * sorting: this is what makes 60,000 × 784 quick.
 */
import { RandomSequence } from '../runtime/index.js';
import { checkTable, type LabelledTable, type Learner, LearnerError, largestColumn, pause } from './types.js';

export type SplitCriterion = 'gini' | 'entropy';

export interface TreeParameters {
  criterion?: SplitCriterion;
  /** 'best': the best threshold of a column; 'random': one threshold drawn between the column's ends. */
  splitter?: 'best' | 'random';
  /** Null: until every leaf is pure. */
  maxDepth?: number | null;
  /** Columns tried at each node: all, or the square root of their number. */
  maxFeatures?: 'all' | 'sqrt';
}

/** A grown tree in flat arrays; leaves have feature −1 and point into `shares`. */
interface Tree {
  readonly feature: Int32Array;
  readonly threshold: Float32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** nodes × classes; filled for leaves. */
  readonly shares: Float32Array;
  readonly nodes: number;
  readonly depth: number;
}

interface Split {
  feature: number;
  threshold: number;
  quality: number;
}

/** Bytes column by column, so that a node reads one column without jumping over the others. */
interface ColumnTable {
  columns: Uint8Array[];
  labels: Uint8Array;
  rows: number;
  classes: number;
}

function byColumns(table: LabelledTable): ColumnTable {
  checkTable(table);
  const { values, rows, columns, classes } = table;
  if (!(values instanceof Uint8Array))
    throw new LearnerError('Trees here work on bytes (0 to 255): give the pixels as a Uint8Array, unscaled.');
  const turned = Array.from({ length: columns }, () => new Uint8Array(rows));
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) turned[column][row] = values[row * columns + column];
  return { columns: turned, labels: Uint8Array.from(table.labels), rows, classes };
}

/** Grows trees on one table; its buffers are shared by all nodes of all its trees. */
class Grower {
  private readonly counts: Uint32Array;
  private readonly totals = new Uint32Array(256);
  private readonly present = new Uint8Array(256);
  private readonly nodeCounts: Float64Array;
  private readonly leftCounts: Float64Array;
  private readonly candidates: Int32Array;
  /** n · log n, looked up: the entropy of a split is a sum of such terms. */
  private readonly entropyTerm: Float64Array;

  constructor(
    private readonly table: ColumnTable,
    private readonly parameters: Required<TreeParameters>,
    private readonly random: RandomSequence,
  ) {
    this.counts = new Uint32Array(256 * table.classes);
    this.nodeCounts = new Float64Array(table.classes);
    this.leftCounts = new Float64Array(table.classes);
    this.candidates = Int32Array.from(table.columns, (_, column) => column);
    this.entropyTerm = Float64Array.from({ length: table.rows + 1 }, (_, count) => (count > 1 ? count * Math.log(count) : 0));
  }

  /** Larger is better; differs from the usual gain by terms that are the same for all splits of a node. */
  private quality(left: number, right: number): number {
    const { classes } = this.table;
    let [leftSum, rightSum] = [0, 0];
    if (this.parameters.criterion === 'gini') {
      for (let label = 0; label < classes; label++) {
        const [l, r] = [this.leftCounts[label], this.nodeCounts[label] - this.leftCounts[label]];
        leftSum += l * l;
        rightSum += r * r;
      }
      return leftSum / left + rightSum / right;
    }
    const term = this.entropyTerm;
    for (let label = 0; label < classes; label++) {
      leftSum += term[this.leftCounts[label]];
      rightSum += term[this.nodeCounts[label] - this.leftCounts[label]];
    }
    return leftSum - term[left] + (rightSum - term[right]);
  }

  /** Fills the histogram of one column over the node's rows; the levels that occur, ascending. */
  private histogram(column: Uint8Array, rows: Int32Array, start: number, end: number): Uint8Array {
    const { labels, classes } = this.table;
    const { counts, totals, present } = this;
    let distinct = 0;
    for (let at = start; at < end; at++) {
      const row = rows[at];
      const level = column[row];
      if (totals[level]++ === 0) present[distinct++] = level;
      counts[level * classes + labels[row]]++;
    }
    return present.subarray(0, distinct).sort();
  }

  private clear(levels: Uint8Array): void {
    const { classes } = this.table;
    for (const level of levels) {
      this.totals[level] = 0;
      this.counts.fill(0, level * classes, (level + 1) * classes);
    }
  }

  private bestThreshold(levels: Uint8Array, count: number): { threshold: number; quality: number } {
    const { classes } = this.table;
    this.leftCounts.fill(0);
    let left = 0;
    let best = { threshold: 0, quality: Number.NEGATIVE_INFINITY };
    for (let at = 0; at + 1 < levels.length; at++) {
      const level = levels[at];
      for (let label = 0; label < classes; label++) this.leftCounts[label] += this.counts[level * classes + label];
      left += this.totals[level];
      const quality = this.quality(left, count - left);
      if (quality > best.quality) best = { threshold: (level + levels[at + 1]) / 2, quality };
    }
    return best;
  }

  private randomThreshold(levels: Uint8Array, count: number): { threshold: number; quality: number } {
    const { classes } = this.table;
    const [low, high] = [levels[0], levels[levels.length - 1]];
    const threshold = low + this.random.next() * (high - low);
    this.leftCounts.fill(0);
    let left = 0;
    for (const level of levels) {
      if (level > threshold) break;
      for (let label = 0; label < classes; label++) this.leftCounts[label] += this.counts[level * classes + label];
      left += this.totals[level];
    }
    return { threshold, quality: this.quality(left, count - left) };
  }

  /** The best split over the columns tried; undefined where all rows are equal. */
  private findSplit(rows: Int32Array, start: number, end: number): Split | undefined {
    const { columns } = this.table;
    const wanted = this.parameters.maxFeatures === 'all' ? columns.length : Math.max(1, Math.floor(Math.sqrt(columns.length)));
    let best: Split | undefined;
    let useful = 0;
    // Constant columns count as tried, as in scikit-learn, but at least one useful column is always found where there is one.
    for (let tried = 0; tried < columns.length && (tried < wanted || useful === 0); tried++) {
      const chosen = tried + Math.floor(this.random.next() * (columns.length - tried));
      const feature = this.candidates[chosen];
      this.candidates[chosen] = this.candidates[tried];
      this.candidates[tried] = feature;
      const levels = this.histogram(columns[feature], rows, start, end);
      if (levels.length > 1) {
        useful++;
        const found =
          this.parameters.splitter === 'best' ? this.bestThreshold(levels, end - start) : this.randomThreshold(levels, end - start);
        if (!best || found.quality > best.quality) best = { feature, ...found };
      }
      this.clear(levels);
    }
    return best;
  }

  /** Grows a tree on these rows (a row may occur several times). The order of `rows` is changed. */
  grow(rows: Int32Array): Tree {
    const { labels, classes, columns } = this.table;
    const nodes: { feature: number; threshold: number; left: number; right: number; shares?: Float32Array }[] = [];
    const open = [{ node: 0, start: 0, end: rows.length, depth: 0 }];
    nodes.push({ feature: -1, threshold: 0, left: -1, right: -1 });
    let deepest = 0;
    const maxDepth = this.parameters.maxDepth ?? Number.POSITIVE_INFINITY;
    for (let next = open.pop(); next; next = open.pop()) {
      const { node, start, end, depth } = next;
      deepest = Math.max(deepest, depth);
      this.nodeCounts.fill(0);
      for (let at = start; at < end; at++) this.nodeCounts[labels[rows[at]]]++;
      const pure = this.nodeCounts.some((count) => count === end - start);
      const split = pure || depth >= maxDepth ? undefined : this.findSplit(rows, start, end);
      if (!split) {
        nodes[node].shares = Float32Array.from(this.nodeCounts, (count) => count / (end - start));
        continue;
      }
      const middle = partition(rows, start, end, columns[split.feature], split.threshold);
      const left = nodes.length;
      nodes[node] = { feature: split.feature, threshold: split.threshold, left, right: left + 1 };
      nodes.push({ feature: -1, threshold: 0, left: -1, right: -1 }, { feature: -1, threshold: 0, left: -1, right: -1 });
      open.push({ node: left + 1, start: middle, end, depth: depth + 1 }, { node: left, start, end: middle, depth: depth + 1 });
    }
    const shares = new Float32Array(nodes.length * classes);
    nodes.forEach((node, index) => {
      if (node.shares) shares.set(node.shares, index * classes);
    });
    return {
      feature: Int32Array.from(nodes, (node) => node.feature),
      threshold: Float32Array.from(nodes, (node) => node.threshold),
      left: Int32Array.from(nodes, (node) => node.left),
      right: Int32Array.from(nodes, (node) => node.right),
      shares,
      nodes: nodes.length,
      depth: deepest,
    };
  }
}

/** Moves rows with small values to the front; where the others begin. */
function partition(rows: Int32Array, start: number, end: number, column: Uint8Array, threshold: number): number {
  let [low, high] = [start, end - 1];
  while (low <= high) {
    if (column[rows[low]] <= threshold) low++;
    else {
      const kept = rows[low];
      rows[low] = rows[high];
      rows[high] = kept;
      high--;
    }
  }
  return low;
}

/** Adds a tree's class shares for each row to the scores. */
function addShares(
  tree: Tree,
  values: Float32Array | Uint8Array,
  rows: number,
  columns: number,
  classes: number,
  scores: Float32Array,
): void {
  for (let row = 0; row < rows; row++) {
    let node = 0;
    while (tree.feature[node] >= 0)
      node = values[row * columns + tree.feature[node]] <= tree.threshold[node] ? tree.left[node] : tree.right[node];
    for (let label = 0; label < classes; label++) scores[row * classes + label] += tree.shares[node * classes + label];
  }
}

function forestOf(trees: readonly Tree[], columns: number, classes: number) {
  return {
    predict(values: Float32Array | Uint8Array, rows: number): Uint8Array {
      const scores = new Float32Array(rows * classes);
      for (const tree of trees) addShares(tree, values, rows, columns, classes, scores);
      return largestColumn(scores, rows, classes);
    },
    facts: {
      trees: trees.length,
      nodes: trees.reduce((sum, tree) => sum + tree.nodes, 0),
      depth: trees.reduce((most, tree) => Math.max(most, tree.depth), 0),
    },
  };
}

const complete = (parameters: TreeParameters, splitter: 'best' | 'random', maxFeatures: 'all' | 'sqrt'): Required<TreeParameters> => ({
  criterion: parameters.criterion ?? 'gini',
  splitter: parameters.splitter ?? splitter,
  maxDepth: parameters.maxDepth ?? null,
  maxFeatures: parameters.maxFeatures ?? maxFeatures,
});

const named = ({ criterion, splitter, maxDepth, maxFeatures }: Required<TreeParameters>) => ({
  criterion,
  splitter,
  max_depth: maxDepth,
  max_features: maxFeatures === 'all' ? null : maxFeatures,
});

function singleTree(name: string, settings: Required<TreeParameters>): Learner {
  return {
    name,
    parameters: named(settings),
    async train(table, { seed = 0, signal } = {}) {
      await pause(signal);
      const columns = byColumns(table);
      const grower = new Grower(columns, settings, new RandomSequence(seed));
      const tree = grower.grow(Int32Array.from({ length: table.rows }, (_, row) => row));
      return forestOf([tree], table.columns, table.classes);
    },
  };
}

/** One tree, all columns and all thresholds tried at each node. */
export function decisionTree(parameters: TreeParameters = {}): Learner {
  return singleTree('DecisionTreeClassifier', complete(parameters, 'best', 'all'));
}

/** One tree; at each node a few columns, each with one threshold drawn by chance (Geurts, Ernst & Wehenkel 2006). */
export function extraTree(parameters: TreeParameters = {}): Learner {
  return singleTree('ExtraTreeClassifier', complete(parameters, 'random', 'sqrt'));
}

export interface ForestParameters extends TreeParameters {
  /** Number of trees; default 100. */
  trees?: number;
}

/** Many trees, each on rows drawn with replacement and a few columns at each node; their class shares are averaged (Breiman 2001). */
export function randomForest({ trees = 100, ...parameters }: ForestParameters = {}): Learner {
  const settings = complete(parameters, 'best', 'sqrt');
  return {
    name: 'RandomForestClassifier',
    parameters: { n_estimators: trees, bootstrap: true, ...named(settings) },
    async train(table, { seed = 0, onProgress, signal } = {}) {
      const columns = byColumns(table);
      const random = new RandomSequence(seed);
      const grower = new Grower(columns, settings, random);
      const grown: Tree[] = [];
      for (let number = 0; number < trees; number++) {
        grown.push(grower.grow(Int32Array.from({ length: table.rows }, () => Math.floor(random.next() * table.rows))));
        onProgress?.((number + 1) / trees, `tree ${number + 1} of ${trees}`);
        await pause(signal);
      }
      return forestOf(grown, table.columns, table.classes);
    },
  };
}
