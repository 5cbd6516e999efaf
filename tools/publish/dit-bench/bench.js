#!/usr/bin/env node
// Starts the command line of dit-bench.

import "@dit-bench/cli/bench";
