/** Where everything lies. All of it inside the repository; what set-up makes is in ignored folders. */
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
export const inRoot = (...parts) => path.join(root, ...parts);
/** A path as a reader sees it: from the repository's root. */
export const shown = (file) => path.relative(root, file) || '.';

export const runtimeFolder = inRoot('.runtime');
export const logFile = path.join(runtimeFolder, 'setup.log');
export const stampFolder = path.join(runtimeFolder, 'stamps');
export const venv = path.join(runtimeFolder, 'venv');
export const python = path.join(venv, 'bin', 'python');
export const jupyterFolder = path.join(runtimeFolder, 'jupyter');
export const kernelFolder = path.join(venv, 'share', 'jupyter', 'kernels', 'paperlab');
export const kernelLauncher = inRoot('scripts', 'kernel', 'launch.cjs');
export const requirements = (name) => inRoot('scripts', 'python', `${name}.txt`);
export const tensorflowTarget = (kind) => path.join(runtimeFolder, kind === 'cuda' ? 'tensorflow-cuda' : 'tensorflow');
export const bindingFolder = inRoot('node_modules', '@tensorflow', 'tfjs-node-gpu');
export const bindingFile = path.join(bindingFolder, 'lib', 'napi-v8', 'tfjs_binding.node');
/** What tfjs loads is a door of ours (it keeps TensorFlow's start-up notes away); behind it, the binding itself. */
export const realBindingFile = path.join(bindingFolder, 'lib', 'napi-v8', 'tfjs_tensorflow.node');
export const doorSource = inRoot('scripts', 'native', 'door.cc');
/** What takes the place of a header of tfjs's own when the binding is compiled. */
export const referencesSource = inRoot('scripts', 'native', 'references.h');
export const typescript = inRoot('node_modules', 'typescript', 'bin', 'tsc');
export const biome = inRoot('node_modules', '@biomejs', 'biome', 'bin', 'biome');
export const notebooks = inRoot('notebooks');
export const tests = inRoot('.build', 'tests');

/** Jupyter's own files go under .runtime, so that neither the reader's settings nor ours disturb the other. */
export function jupyterEnvironment(environment = process.env) {
  return {
    ...environment,
    JUPYTER_CONFIG_DIR: path.join(jupyterFolder, 'config'),
    JUPYTER_DATA_DIR: path.join(jupyterFolder, 'data'),
    JUPYTER_RUNTIME_DIR: path.join(jupyterFolder, 'runtime'),
    JUPYTERLAB_SETTINGS_DIR: path.join(jupyterFolder, 'settings'),
    JUPYTERLAB_WORKSPACES_DIR: path.join(jupyterFolder, 'workspaces'),
    JUPYTER_PLATFORM_DIRS: '0',
    IPYTHONDIR: path.join(jupyterFolder, 'ipython'),
    PYTHONNOUSERSITE: '1',
    PYTHONDONTWRITEBYTECODE: '',
    PYTHONUTF8: '1',
  };
}
