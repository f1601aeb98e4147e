package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/app"
	"github.com/kaohe/kaohe/cmd/kaohe/internal/spool"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/natslog"
)

// words says an error in the user's language where it is one that users meet, with a way out. Everything else is said as
// it is.
func (c *cli) words(err error) string {
	var locked *natslog.LockedError
	var damage *natslog.DamageError
	var plan *app.PlanError
	if words, ok := c.clusterWords(err); ok {
		return words
	}
	switch {
	case errors.As(err, &plan):
		return c.unreadablePlan(plan)
	case errors.As(err, &damage):
		return c.damaged(damage) + c.say("\n  没有改动任何东西。请从备份恢复数据目录；要看还剩什么: kaohe serve --salvage（只读）",
			"\n  nothing was changed; restore the data directory from a backup, or see what is left: kaohe serve --salvage (read-only)")
	case errors.As(err, &locked):
		return c.locked(locked)
	case errors.Is(err, natslog.ErrElsewhere):
		return c.sayf("这个数据目录的日志在 NATS 集群里，没有改动任何东西: %v\n  请用 --nats 说明集群在哪里，如 kaohe serve --nats nats://主机:4222", "the log of this data directory is in a NATS cluster, nothing was changed: %v\n  say where the cluster is with --nats, such as kaohe serve --nats nats://HOST:4222", err)
	case errors.Is(err, natslog.ErrForeign):
		return c.sayf("数据目录里不是 kaohe 的日志，没有改动任何东西: %v\n  请用 --data 指定一个空目录或新目录", "the data directory does not hold a log of kaohe, nothing was changed: %v\n  name an empty or new directory with --data", err)
	case errors.Is(err, app.ErrOpen):
		return c.sayf("%v\n  还没有令牌，谁都不必说明身份，所以只能监听本机: --listen %s；要对外提供，先生成令牌: kaohe token create",
			"%v\n  nobody has to say who they are yet, so kaohe serves this machine only: --listen %s; to serve others make a token first: kaohe token create", err, app.DefaultListen)
	case errors.Is(err, app.ErrPlain):
		return c.sayf("%v\n  没有加密，路上的人能读到令牌: 请给出证书 --tls-cert、--tls-key；由代理或专网负责加密时用 --no-tls",
			"%v\n  whoever is on the way could read the tokens: name a certificate with --tls-cert and --tls-key, or, if a proxy or a private network sees to it, say --no-tls", err)
	case errors.Is(err, access.ErrUnreadable):
		return c.unreadableTokens(err)
	case errors.Is(err, syscall.EADDRINUSE):
		return c.sayf("%v\n  端口已被占用: 换一个，如 --listen 127.0.0.1:0（任选空闲端口）", "%v\n  the port is taken: choose another one, such as --listen 127.0.0.1:0 (any free one)", err)
	case errors.Is(err, spool.ErrForeign):
		return c.say("暂存目录里有别的东西，没有改动\n  请用 --spool 指定一个空目录或新目录", "the directory for events that wait holds something else, nothing was changed\n  name an empty or new directory with --spool")
	case errors.Is(err, spool.ErrFull):
		return c.say("暂存目录已满，没有暂存\n  请先用 kaohe flush 发送；未被接受的请改正后再发或删掉", "the spool is full, the events were not kept\n  send what waits with kaohe flush, and put right or remove what was refused")
	case errors.Is(err, spool.ErrBusy):
		return c.say("另一个进程正在发送暂存的事件", "another process is sending the events that wait")
	case errors.Is(err, events.ErrFull):
		return c.sayf("磁盘空间不足，没有登记: %v", "too little disk space, nothing was recorded: %v", err)
	case errors.Is(err, context.Canceled):
		return c.say("已中断", "interrupted")
	}
	return err.Error()
}

// damaged says what a log has lost.
func (c *cli) damaged(e *natslog.DamageError) string {
	s := c.sayf("数据目录 %s 里的日志已损坏: %s", "the log in %s is damaged: %s", e.Dir, e.Reason)
	if e.Lost > 0 {
		s += c.sayf("；共 %d 次提交，缺 %d 次", "; of %d commits %d are lost", e.Last, e.Lost)
	}
	if len(e.Missing) == 0 {
		return s
	}
	named, ranges := uint64(0), make([]string, len(e.Missing))
	for i, r := range e.Missing {
		named += r.Last - r.First + 1
		if ranges[i] = fmt.Sprint(r.First); r.Last > r.First {
			ranges[i] += fmt.Sprintf("-%d", r.Last)
		}
	}
	s += c.say("；缺少的提交: ", "; lost commits: ") + strings.Join(ranges, ", ")
	if named < e.Lost {
		s += c.say(" 等", " and more")
	}
	return s
}

// unreadablePlan says what is wrong with a plan that the log holds, and that another one may take its place.
func (c *cli) unreadablePlan(e *app.PlanError) string {
	why := fmt.Sprint(e.Err)
	if len(e.Mistakes) > 0 {
		why = c.sayf("%s（共 %d 处）", "%s (mistakes: %d)", e.Mistakes[0].In(c.lang), len(e.Mistakes))
	}
	return c.sayf("日志中现行的方案 %.12s（位置 %s）本版本读不了: %s\n  没有改动任何东西；请用记录它的版本，或启用另一份方案: kaohe serve --plan 目录",
		"the plan in force in the log, %.12s of position %s, cannot be read by this version: %s\n  nothing was changed; use the version that recorded it, or bring another plan into force: kaohe serve --plan DIR",
		e.Hash, e.At, why)
}

func (c *cli) locked(e *natslog.LockedError) string {
	h := e.Holder
	if h.PID == 0 {
		return c.sayf("数据目录 %s 正被另一个进程使用", "the data directory %s is in use by another process", e.Dir)
	}
	s := c.sayf("数据目录 %s 正被进程 %d（%s，启动于 %s）使用", "the data directory %s is in use by process %d (on %s, started %s)", e.Dir, h.PID, h.Host, h.Started.Format(time.DateTime))
	if h.Addr != "" {
		at := h.Addr
		if !strings.Contains(at, "://") { // as former versions wrote it
			at = "http://" + at
		}
		s += c.sayf("，它的地址是 %s", ", which listens at %s", at)
	}
	return s + c.say("\n  请直接向它登记和查询，或停掉它，或用 --data 指定别的目录", "\n  talk to that one, stop it, or name another directory with --data")
}
