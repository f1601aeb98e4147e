package main

import (
	"context"
	"errors"

	"github.com/kaohe/kaohe/events/sheets"
)

// stopped says how far a file came that did not come to its end, and how to go on.
func (f *fileImport) stopped(err error) error {
	var unreadable *sheets.Error
	switch {
	case errors.As(err, &unreadable):
		err = f.about(unreadable)
	case errors.Is(err, context.Canceled) && f.ctx.Err() != nil:
		err = errors.New(f.c.say("已中断", "interrupted")) // which would hide what follows
	}
	return f.c.errorf("%[2]s: %[1]w\n  %[3]s", "%[2]s: %[1]w\n  %[3]s", err, f.shown, f.howFar())
}

// howFar says up to which row it is known what became of the events.
func (f *fileImport) howFar() string {
	again := f.c.say("再执行一遍同样的命令就能接着来，已登记的不会重复计数", "run the same command again to go on: what is recorded is not counted twice")
	switch {
	case f.dryRun:
		return f.c.say("这是试运行，什么都没有登记", "this was a dry run: nothing was recorded")
	case f.tally.rows == 0:
		return f.c.say("还没有登记任何一行；", "no row was recorded yet; ") + again
	}
	return f.c.sayf("到%s为止的结果如上；%s", "what is said above is known up to %s; %s", f.rowName(f.tally.last), again)
}
