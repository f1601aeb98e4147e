package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/spool"
)

func (c *cli) flush() *cobra.Command {
	var dir, output string
	var list, again bool
	cmd := &cobra.Command{
		Use:   c.say("flush --spool 目录", "flush --spool DIR"),
		Short: c.say("发送暂存的事件", "send the events that were kept while the server was away"),
		Long: c.say(`把 kaohe emit --spool、kaohe import --spool 暂存的事件按顺序发给服务。中途断开或被中止，再执行一次就接着发；
重复发送的，服务认得出来，不会重复计数。

服务不接受的移到目录里的 refused.ndjson，连同原因，不耽误后面的。改好之后（可直接修改该文件里的 event），用 --refused
再发一次；不要的删掉那一行。`,
			`Sends what kaohe emit --spool and kaohe import --spool have kept, in order. After an interruption the same command goes
on where it was; what is sent again the server recognises, and counts nothing twice.

What the server refuses goes to refused.ndjson in the directory, with the reasons, and does not hold up the rest. Once the cause
is put right (an event may be changed in that file), --refused sends it again; remove the lines that nobody wants.`),
		Example: c.examples(
			"kaohe flush --spool "+c.say("待发", "waiting"), "发送", "send them",
			"kaohe flush --spool "+c.say("待发", "waiting")+" --list", "看看有哪些", "see what there is",
			"kaohe flush --spool "+c.say("待发", "waiting")+" --refused", "连同先前未被接受的再发一次", "those that were refused before as well"),
		Args: c.noArgs,
	}
	server := c.serverFlag(cmd)
	flags := cmd.Flags()
	flags.StringVar(&dir, "spool", "", c.say("暂存目录（必填）", "the directory (required)"))
	flags.BoolVar(&list, "list", false, c.say("只列出，不发送", "show what waits, and send nothing"))
	flags.BoolVar(&again, "refused", false, c.say("也发送先前未被接受的", "also send what was refused before"))
	flags.VarP(choice(&output, "table", "json"), "output", "o", c.say("输出格式", "output"))
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := c.notBlank(cmd); err != nil {
			return err
		}
		if dir == "" {
			return c.usagef("缺少暂存目录: --spool 目录", "say which directory: --spool DIR")
		}
		sp, err := spool.Existing(dir, spool.DefaultLimit)
		if errors.Is(err, spool.ErrNone) {
			return c.usagef("目录 %s 里没有暂存的事件", "no events were ever kept in %s", dir)
		}
		if err != nil {
			return err
		}
		if list {
			return c.listSpool(cmd.Context(), sp, output)
		}
		cl, err := c.client(*server)
		if err != nil {
			return err
		}
		ctx, restore := underSignals(cmd.Context())
		defer restore()
		return newFlusher(cl, sp).command(ctx, again, output)
	}
	return cmd
}

// command sends all that waits and says what became of it.
func (f *flusher) command(ctx context.Context, again bool, output string) error {
	f.echo = f.c.stdout
	if output == "json" {
		f.echo = f.c.stderr
	}
	if again {
		if err := f.again(ctx); err != nil {
			return err
		}
	}
	failed := f.run(ctx)
	ctx = context.WithoutCancel(ctx) // what was done is told, whoever has interrupted it
	if failed == nil && f.sent() > 0 {
		_ = f.learn(ctx) // for the next time that the server is away; all is sent, whatever comes of it
	}
	left, err := f.spool.Waiting(ctx)
	if err != nil {
		return errors.Join(failed, err)
	}
	if output == "json" {
		err = f.c.printJSON(f.answer(left))
	} else {
		f.reportOn(f.c.stdout)
	}
	switch {
	case err != nil:
		return err
	case failed != nil && left > 0:
		return f.left(failed, left)
	case failed != nil:
		return failed
	case len(f.spool.Damage()) > 0:
		return codedError{exitFailed, silentError{errDamaged}}
	case f.refused > 0:
		return refused()
	}
	return nil
}

// errDamaged says that something of what was kept is lost.
var errDamaged = errors.New("the spool is damaged")

// left adds to an error how much still waits.
func (f *flusher) left(err error, waiting int) error {
	if errors.Is(err, context.Canceled) {
		err = errors.New(f.c.words(err)) // which would hide what follows
	}
	said := f.c.errorf("%w\n  还有 %d 条没有发送，留在 %s 里", "%w\n  %d events are not sent yet and stay in %s", err, waiting, f.spool.Dir)
	var coded codedError
	if errors.As(err, &coded) {
		return codedError{coded.code, said}
	}
	return said
}

// again puts what was refused before behind what waits.
func (f *flusher) again(ctx context.Context) error {
	release, err := f.spool.Sending()
	if err != nil {
		return err
	}
	_, err = f.spool.Again(ctx)
	var line *spool.LineError
	if errors.As(err, &line) {
		err = f.c.errorf("%s 第 %d 行读不懂，什么都没有发送: %w\n  请改正或删掉这一行", "%s, line %d, cannot be read, and nothing was sent: %w\n  put it right or remove it", spool.RefusedName, line.Line, line.Err)
	}
	return errors.Join(err, release())
}

// flushAnswer is what flush says to programs.
type flushAnswer struct {
	New      int            `json:"new"`
	Recorded int            `json:"recorded"`
	Refused  int            `json:"refused"`
	Waiting  int            `json:"waiting"`
	Spool    string         `json:"spool"`
	Damaged  []spool.Damage `json:"damaged,omitempty"`
}

func (f *flusher) answer(waiting int) flushAnswer {
	return flushAnswer{f.fresh, f.recorded, f.refused, waiting, f.spool.Dir, f.spool.Damage()}
}

// reportOn says what became of what was sent.
func (f *flusher) reportOn(w interface{ Write([]byte) (int, error) }) {
	if f.sent() == 0 {
		f.c.line(w, f.c.say("没有发送任何事件", "nothing was sent"))
	} else {
		f.c.line(w, f.c.sayf("新登记 %d 条，先前已登记 %d 条，未接受 %d 条", "%d new, %d already recorded, %d refused", f.fresh, f.recorded, f.refused))
	}
	for _, d := range f.spool.Damage() {
		f.c.line(f.c.stderr, f.c.sayf("注意: %s 从第 %d 字节起有 %d 字节已损坏，无法发送；后面的照常发送", "warning: %s is damaged: %[3]d bytes from byte %[2]d on cannot be sent; what follows is not affected", d.File, d.Offset, d.Bytes))
	}
	if f.same > 0 {
		f.c.line(f.c.stderr, f.firstSame)
	}
	if more := f.same - 1; more > 0 {
		f.c.line(f.c.stderr, f.c.sayf("  ……同样，另有 %d 条的内容先前已登记，没有重复计数", "  ... and %d more that say what was recorded before, and were not counted twice", more))
	}
	if more := f.said - maxSaid; more > 0 {
		f.c.line(f.c.stderr, f.c.sayf("（另有 %d 条提示）", "(%d more remarks)", more))
	}
	if f.refused > 0 {
		f.c.line(f.c.stderr, f.c.sayf("未接受的在 %s，改好后用 kaohe flush --spool %s --refused 再发", "what was refused is in %s; once it is put right kaohe flush --spool %s --refused sends it again",
			fmt.Sprint(f.spool.Dir, "/", spool.RefusedName), f.spool.Dir))
	}
}
