/** The invitation as one picture: to keep, to print, or to pass on in a chat. */

import { useEffect, useRef, useState } from "react";
import { t } from "../../shared/i18n";
import { squaresOf } from "../../shared/qr";

const WIDTH = 720;
const HEIGHT = 1080;
const CODE = 440;
const FONT = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

interface Props {
  title: string;
  link: string;
  code: string;
  from: string | null;
}

export function Poster({ title, link, code, from }: Props) {
  const [picture, setPicture] = useState<string | null>(null);
  const isThere = useRef(true);
  useEffect(() => {
    isThere.current = true;
    void drawn({ title, link, code, from }).then((made) => isThere.current && setPicture(made));
    return () => {
      isThere.current = false;
    };
  }, [title, link, code, from]);
  if (picture === null) return <span className="skeleton wide" />;
  return (
    <>
      <img className="poster" src={picture} alt={t("invite.poster_alt", { code })} />
      <div className="row">
        <a className="button" href={picture} download={`${code}.png`}>
          {t("invite.save_picture")}
        </a>
        <button type="button" onClick={() => print()}>
          {t("print")}
        </button>
      </div>
      <p className="quiet">{t("invite.hold_to_save")}</p>
    </>
  );
}

async function drawn({ title, link, code, from }: Props): Promise<string> {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const paper = canvas.getContext("2d");
  if (!paper) return "";
  paper.fillStyle = "#0b6b5d";
  paper.fillRect(0, 0, WIDTH, HEIGHT);
  paper.fillStyle = "#ffffff";
  paper.fillRect(40, 40, WIDTH - 80, HEIGHT - 80);
  paper.textAlign = "center";
  const say = (text: string, top: number, size: number, colour: string, weight = 400) => {
    paper.fillStyle = colour;
    paper.font = `${weight} ${size}px ${FONT}`;
    paper.fillText(text, WIDTH / 2, top, WIDTH - 140);
  };
  say(title, 150, 56, "#0b6b5d", 700);
  say(from === null ? t("invite.poster_lead") : t("invite.poster_from", { name: from }), 220, 32, "#1d2321");
  const { size, isDark } = await squaresOf(link);
  const step = Math.floor(CODE / size);
  const left = Math.round((WIDTH - step * size) / 2);
  paper.fillStyle = "#000000";
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++)
      if (isDark(row, column)) paper.fillRect(left + column * step, 290 + row * step, step, step);
  say(t("invite.scan"), 800, 30, "#58615e");
  say(code, 890, 64, "#1d2321", 700);
  say(link.replace(/^https?:\/\//, ""), 960, 24, "#58615e");
  return canvas.toDataURL("image/png");
}
