/** The papers room: one folder per report, each with claims, models, recipes and experiments. */
export {};
