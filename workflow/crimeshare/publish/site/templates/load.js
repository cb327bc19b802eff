for(const name of document.currentScript.dataset.load.split(" ")){const script=document.createElement("script");script.src=name;script.async=false;document.body.append(script)}
