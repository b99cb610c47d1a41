export { evaluateConfig } from './evaluate.js';
export type { ConfigData, ConfigMap, ConfigValue, EvaluatedConfig, EvaluateOptions } from './evaluate.js';
