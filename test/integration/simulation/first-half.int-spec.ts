import { findsBugs, keepsRules } from './simulate.js';

keepsRules(0);
findsBugs();
