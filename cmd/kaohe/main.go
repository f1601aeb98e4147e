// Command kaohe records the facts of a public body's work and tells which of its targets it is about to miss.
//
//	kaohe demo                                  the first quarter of 2018 of one district, ready to look at
//	kaohe serve                                 the daemon: takes events, keeps the log, answers, exposes metrics
//	kaohe emit PatentGranted kind=invention     records one fact
//	kaohe void, kaohe correct, kaohe nil        withdraws a fact, puts one right, reports that nothing happened
//	kaohe gaps                                  what is short of its target, worst first
//	kaohe check, kaohe init DIR                 the plan: units, event types, indicators
//
// Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused by validation.
package main

import (
	"context"
	"os"
	_ "time/tzdata" // the plan's time zone must be known on bare machines too
)

func main() {
	os.Exit(mainCode())
}

func mainCode() int {
	return run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv)
}
