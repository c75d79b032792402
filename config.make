# nginx's auto/make sources this script after config and adds its rules to objs/Makefile. Each C++
# file includes the precompiled header first. A compiler whose flags do not match it parses the
# header's text instead; clang also reports it.

social_objects=
for social_file in $social_sources; do
    social_objects="$social_objects $NGX_OBJS/addon/${social_file%.cpp}.o"
done

case "$NGX_CC_NAME" in
    # ccache needs -fpch-preprocess.
    gcc)   social_pch_flags="-include $social_pch -fpch-preprocess" ;;
    clang) social_pch_flags="-include $social_pch" ;;
    *)     social_pch_flags= ;;
esac

cat << END                                                    >> $NGX_MAKEFILE

SOCIAL_PCH = $social_pch_flags

$social_pch.gch:	$social_pch \\
	$ngx_addon_dir/src/base/precompiled.hpp \\
	$ngx_addon_dir/src/ngx/precompiled.hpp $ngx_addon_dir/src/ngx/ngx.hpp
	\$(CC) -c $social_pic \$(CFLAGS) $social_cxxflags \$(ALL_INCS) \\
		-MD -MP -MT $social_pch.gch -MF $social_pch.d -o $social_pch.new -x c++-header $social_pch
	mv $social_pch.new $social_pch.gch

-include $social_pch.d

$social_objects:	\$(if \$(SOCIAL_PCH),$social_pch.gch)

END
