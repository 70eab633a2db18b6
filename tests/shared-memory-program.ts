/**
 * Writes arrays into a session's variables and lets every core overwrite them at once, so often as its argument says. What a variable drops is a
 * JavaScript array, and a thread of TensorFlow's drops it: a binding that lets go of the array there dies within a few hundred rounds on two cores.
 * Started by a test as a process of its own; prints by how many megabytes it grew.
 */
import { DataType, Graph } from 'paperlab/internal/engine/graph';
import { GraphDoors, Session, uniquePrefix } from 'paperlab/internal/engine/session';

const SIDE = 48;
const VARIABLES = 16;
const ROUNDS_BEFORE_COUNTING = 500;

const doors = new GraphDoors(new Graph());
const { main } = doors.graph;
const float = { dtype: { type: DataType.float } };
const variables = Array.from({ length: VARIABLES }, () => doors.variable(uniquePrefix(), DataType.float, [SIDE, SIDE]));
const overwritten = variables.map((variable) => {
  const square = doors.g.matMul(main.read(variable), main.read(variable));
  return main.make('AssignVariableOp', [main.handle(variable), square], float, []);
});
const done = doors.g.identity(doors.g.scalar(1), overwritten);

async function work(session: Session, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    session.write(variables.map((variable) => [variable, new Float32Array(SIDE * SIDE).fill(0.01)] as const));
    session.run([], [done]);
    // The collector looks after arrays between two turns of the event loop.
    if (round % 50 === 0) await new Promise((next) => setImmediate(next));
  }
}

async function run(rounds: number): Promise<void> {
  const session = new Session(doors);
  await work(session, ROUNDS_BEFORE_COUNTING);
  const before = process.memoryUsage().rss;
  await work(session, rounds);
  session.close();
  console.log(((process.memoryUsage().rss - before) / 2 ** 20).toFixed(0));
}

void run(Number(process.argv[2]));
