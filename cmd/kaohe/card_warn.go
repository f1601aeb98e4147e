package main

import (
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/kaohe/kaohe/indicators"
)

// warnIncomplete says loudly that the figures lack something that the log holds or once held: nobody may report them
// unaware of it.
func (c *cli) warnIncomplete(w io.Writer, card *indicators.Scorecard) {
	if card.Breaks > 0 {
		c.loud(w, c.sayf("注意: 日志已损坏（%d 处断裂），数字不完整；请从备份恢复，详见 GET /v1/quarantine",
			"WARNING: the log is damaged (breaks: %d), figures are not complete; restore a backup; GET /v1/quarantine says more", card.Breaks))
	}
	if card.LeftOut > 0 {
		c.loud(w, c.sayf("注意: 日志中有 %d 条内容未能计入，数字不完整；原因见 GET /v1/quarantine",
			"WARNING: figures are not complete, for the log holds what could not be counted (entries: %d); GET /v1/quarantine says why", card.LeftOut))
	}
}

func (c *cli) loud(w io.Writer, line string) {
	line = indicators.Visible(line)
	if c.color && w == c.stdout {
		line = text.Colors{text.FgHiRed, text.Bold}.Sprint(line)
	}
	fmt.Fprintln(w, line)
}
