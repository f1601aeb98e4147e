package api

import (
	"context"
	"strconv"

	"github.com/kaohe/kaohe/events"
)

// wait lets the view reach what the client must see.
func (a *API) wait(ctx context.Context, atLeast string, lang events.Lang) *Problem {
	if atLeast == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, a.Wait)
	defer cancel()
	seq, err := a.sequence(ctx, atLeast)
	if err != nil {
		p := unavailable(events.Text{ZH: "日志暂时无法访问", EN: "the log cannot be reached at the moment"}, lang)
		return &p
	}
	if seq == nil {
		return (&badParameter{name: "at_least", got: atLeast, expected: events.Text{
			ZH: "位置（如 12-0）、提交序号（如 12）或 end", EN: "a position like 12-0, a commit's sequence like 12, or end"}}).problem(lang)
	}
	if err := a.Await(ctx, *seq); err != nil {
		if view, _ := a.Figures(); view == nil {
			p := unread(lang)
			return &p
		}
		p := unavailable(events.Text{ZH: "读取日志尚未到达所要的位置，请稍后再试", EN: "the fold has not reached what was asked for, try again shortly"}, lang)
		return &p
	}
	return nil
}

// sequence reads at_least. It returns nil if that makes no sense, an error if the log does not answer.
func (a *API) sequence(ctx context.Context, atLeast string) (*uint64, error) {
	if atLeast == "end" {
		end, err := a.End(ctx)
		return &end, err
	}
	if p, err := events.ParsePosition(atLeast); err == nil {
		seq := p.Seq()
		return &seq, nil
	}
	if seq, err := strconv.ParseUint(atLeast, 10, 54); err == nil {
		return &seq, nil
	}
	return nil, nil
}
