/** Writes the kernel spec and Jupyter's settings. Both hold absolute paths, so they are looked at on every call and follow a moved clone. */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { jupyterFolder, kernelFolder, kernelLauncher, root } from './paths.mjs';

export function kernelSpec(node = process.execPath, launcher = kernelLauncher) {
  return {
    argv: [node, launcher, '{connection_file}'],
    display_name: 'TypeScript (paperlab)',
    language: 'typescript',
    interrupt_mode: 'signal',
    metadata: { paperlab: { root } },
  };
}

const SERVER = `"""Settings of this project's JupyterLab: no look-ups on the network, one kernel, and an end when its starter ends."""
import os
import signal
import threading
import time

c = get_config()  # noqa: F821
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"
c.LabApp.custom_css = True
c.MultiKernelManager.default_kernel_name = "paperlab"
c.KernelSpecManager.ensure_native_kernel = False
c.KernelSpecManager.allowed_kernelspecs = {"paperlab"}
c.ServerApp.terminado_settings = {"shell_command": [os.environ.get("SHELL", "/bin/sh")]}


def follow(starter):
    while True:
        time.sleep(2)
        if os.getppid() != starter:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(5)
            os.kill(os.getpid(), signal.SIGTERM)


threading.Thread(target=follow, args=(os.getppid(),), daemon=True).start()
`;

/** The Plotly renderer shows a figure's picture at its full width first; in a narrow window its right edge would be cut off. */
const STYLE = `.jp-RenderedPlotly .plot-img {
  max-width: 100%;
  height: auto;
}
`;

const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

function files() {
  const config = path.join(jupyterFolder, 'config');
  const settings = path.join(jupyterFolder, 'settings');
  return new Map([
    [path.join(kernelFolder, 'kernel.json'), json(kernelSpec())],
    [path.join(config, 'jupyter_server_config.py'), SERVER],
    [path.join(config, 'custom', 'custom.css'), STYLE],
    [
      path.join(config, 'labconfig', 'page_config.json'),
      json({
        disabledExtensions: { '@jupyterlab/apputils-extension:announcements': true, '@jupyterlab/extensionmanager-extension': true },
      }),
    ],
    [
      path.join(settings, '@jupyterlab', 'apputils-extension', 'notification.jupyterlab-settings'),
      json({ fetchNews: 'false', checkForUpdates: false }),
    ],
  ]);
}

const differs = ([file, text]) => {
  try {
    return fs.readFileSync(file, 'utf8') !== text;
  } catch {
    return true;
  }
};

export const kernelIsCurrent = () => ![...files()].some(differs);

export function writeKernel() {
  for (const [file, text] of [...files()].filter(differs)) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const partial = `${file}.${process.pid}`;
    fs.writeFileSync(partial, text);
    fs.renameSync(partial, file);
  }
}
