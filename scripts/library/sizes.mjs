/** What each step of set-up fetches and keeps, in MB. Every such number that a command says is a sum of these. */
export const SIZES = {
  packages: { download: 150, disk: 620 },
  jupyter: { download: 190, disk: 550 },
  tensorflow: {
    cpu: { download: 275, disk: 1300 },
    macos: { download: 250, disk: 1100 },
    cuda: { download: 3200, disk: 7500 },
  },
  bridge: { download: 0, disk: 5 },
  kernel: { download: 0, disk: 0 },
};

export const gigabytes = (megabytes) => `${(megabytes / 1000).toFixed(1)} GB`;

/** MB on the disk when all is set up. */
export const diskNeeded = (kind) =>
  SIZES.packages.disk + SIZES.jupyter.disk + SIZES.tensorflow[kind].disk + SIZES.bridge.disk + SIZES.kernel.disk;

/** The same in words, for a machine of which nothing is known. */
export const DISK_NEEDED = `${gigabytes(diskNeeded('cpu'))} are needed in all, ${gigabytes(diskNeeded('cuda'))} with a GPU`;
