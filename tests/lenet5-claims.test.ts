import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claims, experiments, readings, scoresOf, table1, table3 } from 'paperlab/papers/lenet5';
import { judge, recipeHash } from 'paperlab/results';

const names = new Set(experiments('paper').map(({ recipe }) => recipe.experiment));

test('every claim and every reading measures an experiment that exists', () => {
  const measured = [
    ...claims.flatMap((claim) => (claim.kind === 'value' ? [claim.measure] : claim.kind === 'comparison' ? [claim.left, claim.right] : [])),
    ...readings.flatMap((reading) => reading.explains.map(({ measure }) => measure)),
  ];
  for (const measure of measured) if ('experiment' in measure) assert.ok(names.has(measure.experiment), measure.experiment);
  for (const row of table3) if (row.experiment) assert.ok(names.has(row.experiment), row.experiment);
});

test('readings explain claims that exist, and ids are unique', () => {
  const ids = new Set(claims.map(({ id }) => id));
  assert.equal(ids.size, claims.length);
  assert.equal(new Set(readings.map(({ id }) => id)).size, readings.length);
  for (const reading of readings) for (const { claim } of reading.explains) assert.ok(ids.has(claim), `${reading.id} explains ${claim}`);
});

test('structure claims of the report hold', () => {
  const structure = claims.filter(({ kind }) => kind === 'structure');
  assert.equal(structure.length, 6);
  for (const claim of structure) assert.equal(judge(claim, []).outcome, 'reproduced exactly', claim.id);
});

test('tables have the rows that the report prints', () => {
  assert.equal(table1.length, 11);
  assert.equal(table3.length, 19);
});

test('every experiment of every profile has its own recipe', () => {
  for (const profile of ['smoke', 'lesson', 'paper'] as const) {
    const hashes = experiments(profile).map(({ recipe }) => recipeHash(recipe));
    assert.equal(new Set(hashes).size, hashes.length, profile);
  }
});

test('on a balanced set kappa is (10 a − 1) / 9 and equals informedness; binary accuracy is kinder than accuracy', () => {
  const actual = Uint8Array.from({ length: 100 }, (_, index) => index % 10);
  // The first 70 images are named rightly, the others one class too high; the network is sure of itself.
  const answers = Float32Array.from({ length: 1000 }, (_, cell) => {
    const image = Math.floor(cell / 10);
    return cell % 10 === (image < 70 ? actual[image] : (actual[image] + 1) % 10) ? 1 : 0;
  });
  const { scores } = scoresOf(actual, answers);
  const close = (value: number, wanted: number) => assert.ok(Math.abs(value - wanted) < 1e-9, `${value} against ${wanted}`);
  close(scores.accuracy, 0.7);
  close(scores.kappa, (10 * 0.7 - 1) / 9);
  close(scores.informedness, scores.kappa);
  close(scores.binaryAccuracy, 1 - (2 * 0.3) / 10);
  close(scores.oneVersusRest, scores.binaryAccuracy);
  // 27 of the 30 wrong answers are one label off, 3 go from 9 to 0.
  close(scores.absoluteLabelError, (27 + 3 * 9) / 100);
  close(scores.squaredLabelError, (27 + 3 * 81) / 100);
});

test('a reading named after a rate of Adam measures a recipe with that rate', () => {
  const recipes = new Map(experiments('paper').map(({ recipe }) => [recipe.experiment, recipe]));
  const withAdam = readings.filter(({ name }) => name.includes('Adam'));
  assert.ok(withAdam.length > 0);
  for (const { name, explains } of withAdam) {
    const { optimizer } = recipes.get(explains[0].measure.experiment) as unknown as { optimizer: { kind: string; learningRate: number } };
    assert.equal(optimizer.kind, 'adam', name);
    assert.ok(name.endsWith(`Adam at ${optimizer.learningRate}`), name);
  }
});
