import { keepsRules } from './simulate.js';

keepsRules(1);
